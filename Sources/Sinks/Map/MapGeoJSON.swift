import PipelineKit
import Tabular

/// A map as GeoJSON: a feature for each row, in order.
struct MapGeoJSON {
  let areas: MapAreas
  let classes: MapClasses

  func write(to output: OutputFile) throws(SinkError) {
    var text = "{\"type\": \"FeatureCollection\""
    if areas.epsg > 0, areas.epsg != 4326 {
      text += ", \"crs\": {\"type\": \"name\", \"properties\": {\"name\": \"urn:ogc:def:crs:EPSG::\(areas.epsg)\"}}"
    }
    text += ", \"features\": [\n"
    for row in areas.codes.indices {
      var properties: [(key: String, value: JSON)] = [("area", .string(areas.codes[row]))]
      if !areas.names[row].isEmpty { properties.append(("name", .string(areas.names[row]))) }
      let period = areas.periods[areas.periodOfRow[row]]
      if !period.isEmpty { properties.append(("period", .string(period))) }
      let value = areas.values[row]
      properties.append((areas.field.name, value.map { .number($0) } ?? .null))
      properties.append(("status", areas.reasons[row].map { .string($0.label) } ?? .null))
      properties.append(("class", value.map { .integer(classes.place($0) + 1) } ?? .null))
      text += "{\"type\": \"Feature\", \"properties\": \(JSON.object(properties).text()), \"geometry\": "
      text += areas.shapeOfRow[row].map { Self.geometry(areas.shapes[$0]) } ?? "null"
      text += row + 1 < areas.codes.count ? "},\n" : "}\n"
      if text.utf8.count > 1 << 20 {
        try output.write(text)
        text = ""
      }
    }
    try output.write(text + "]}\n")
  }

  /// The shape with as many lists as it needs: one polygon is a Polygon.
  private static func geometry(_ shape: Shape) -> String {
    let parts = shape.parts.map { part in
      "[" + part.x.indices.map { "[\(JSON.text(of: part.x[$0])),\(JSON.text(of: part.y[$0]))]" }.joined(separator: ",")
        + "]"
    }
    func type(_ name: String, _ coordinates: String) -> String {
      "{\"type\": \"\(name)\", \"coordinates\": \(coordinates)}"
    }
    switch shape.kind {
    case .points:
      // A point is its position, without the list around it.
      let positions = parts.map { String($0.dropFirst().dropLast()) }
      return positions.count == 1
        ? type("Point", positions[0]) : type("MultiPoint", "[" + positions.joined(separator: ",") + "]")
    case .lines:
      return parts.count == 1
        ? type("LineString", parts[0]) : type("MultiLineString", "[" + parts.joined(separator: ",") + "]")
    case .areas:
      var polygons: [[String]] = []
      for (part, text) in zip(shape.parts, parts) {
        if part.isHole, !polygons.isEmpty { polygons[polygons.count - 1].append(text) } else { polygons.append([text]) }
      }
      let texts = polygons.map { "[" + $0.joined(separator: ",") + "]" }
      return texts.count == 1
        ? type("Polygon", texts[0]) : type("MultiPolygon", "[" + texts.joined(separator: ",") + "]")
    }
  }
}
