<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:b="http://example.org/buurten">
  <wfs:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::28992"><gml:lowerCorner>0 0</gml:lowerCorner><gml:upperCorner>250010 487010</gml:upperCorner></gml:Envelope></wfs:boundedBy>
  <wfs:member><b:buurten gml:id="a.1">
    <b:statcode>BU00010000</b:statcode><b:naam>Noord é &amp; "oud"</b:naam><b:inwoners>1250</b:inwoners><b:aandeel>12.5</b:aandeel>
    <b:geom><gml:Polygon srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="2">
      <gml:exterior><gml:LinearRing><gml:posList>240000.50 486000 240200.50 486000
        240200.50 486100 240000.50 486100 240000.50 486000</gml:posList></gml:LinearRing></gml:exterior>
      <gml:interior><gml:LinearRing><gml:pos>240010.50 486010</gml:pos><gml:pos>240010.50 486020</gml:pos><gml:pos>240020.50 486020</gml:pos><gml:pos>240020.50 486010</gml:pos><gml:pos>240010.50 486010</gml:pos></gml:LinearRing></gml:interior>
    </gml:Polygon></b:geom>
  </b:buurten></wfs:member>
  <wfs:member><b:buurten gml:id="a.2">
    <gml:boundedBy><gml:Envelope><gml:lowerCorner>0 0</gml:lowerCorner></gml:Envelope></gml:boundedBy>
    <b:statcode>BU00010001</b:statcode><b:naam/><b:inwoners>-99997</b:inwoners><b:aandeel>-99997</b:aandeel>
    <b:geom><gml:MultiSurface srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="3">
      <gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>240200.5 486000 1 240300.5 486000 1 240300.5 486100 1 240200.5 486000 1</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>
      <gml:surfaceMember><gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:LinearRing><gml:posList>250000 487000 1 250010 487000 1 250010 487010 1 250000 487010 1 250000 487000 1</gml:posList></gml:LinearRing></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></gml:surfaceMember>
    </gml:MultiSurface></b:geom>
    <b:parts><b:part>x</b:part></b:parts>
  </b:buurten></wfs:member>
  <wfs:member><b:buurten gml:id="a.3"><b:statcode>BU00010002</b:statcode></b:buurten></wfs:member>
  <wfs:member><b:buurten gml:id="a.4"><b:statcode>BU00010003</b:statcode><b:geom><gml:Point srsName="EPSG:28992"><gml:pos>240100 486050</gml:pos></gml:Point></b:geom></b:buurten></wfs:member>
  <wfs:member><b:buurten gml:id="a.5"><b:statcode>BU00010004</b:statcode><b:geom><gml:LineString srsName="EPSG:28992"><gml:coordinates>0,0 10,0</gml:coordinates></gml:LineString></b:geom></b:buurten></wfs:member>
</wfs:FeatureCollection>
