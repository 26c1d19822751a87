<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember>
<area fid="x.1"><code>A</code><shape><gml:Polygon srsName="EPSG:4326"><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>6.6,52.3 6.7,52.3 6.7,52.4 6.6,52.4 6.6,52.3</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></shape></area>
</gml:featureMember>
</gml:FeatureCollection>
