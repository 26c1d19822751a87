<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember>
<area fid="x.1"><code>A</code><shape><gml:Curve srsName="EPSG:4326"><gml:segments><gml:Arc><gml:posList>0 0 1 1 2 0</gml:posList></gml:Arc></gml:segments></gml:Curve></shape></area>
</gml:featureMember>
</gml:FeatureCollection>
