<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember>
<area fid="x.1"><code>A</code><shape><gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing><gml:posList>52.3 6.6 52.3 6.7 52.4 6.7 52.4 6.6 52.3 6.6</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></shape><other><gml:Polygon srsName="EPSG:28992"><gml:exterior><gml:LinearRing><gml:posList>0 0 1 0 1 1 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></other></area>
</gml:featureMember>
</gml:FeatureCollection>
