<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember>
<area fid="x.1"><code>A</code><shape><gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing><gml:posList>52.3 6.6 52.3 6.7 52.4 6.7 52.4 6.6 52.3 6.6 1</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></shape></area>
</gml:featureMember>
</gml:FeatureCollection>
