<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:app="urn:made-up">
  <wfs:member><app:area gml:id="a.1"><app:number>12</app:number><app:mixed>1.5</app:mixed><app:share>2.5</app:share><app:geom><gml:Point srsName="EPSG:28992"><gml:pos>240000 486000</gml:pos></gml:Point></app:geom></app:area></wfs:member>
  <wfs:member><app:area gml:id="a.2"><app:number>007</app:number><app:mixed>none</app:mixed><app:share>3</app:share><app:later>x</app:later><app:geom><gml:Point srsName="EPSG:28992"><gml:pos>240100 486000</gml:pos></gml:Point></app:geom></app:area></wfs:member>
</wfs:FeatureCollection>
