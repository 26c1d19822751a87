import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "geojson/"

private func adapter(_ change: (inout GeoJSON.Options) -> Void = { _ in }) throws -> GeoJSON {
  var options = GeoJSON.Options()
  change(&options)
  return try GeoJSON(options: options, context: RunContext())
}

@Suite struct GeoJSONTests {
  @Test func propertiesAndShapes() throws {
    let table = try readAll(adapter(), [folder + "valid_areas.geojson"], origin: delivery)
    #expect(
      table.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" } == [
        "feature_id string key", "statcode string key", "naam string measure", "inwoners float64 measure",
        "aandeel float64 measure", "water string measure", "area_m2 float64 measure", "geometry string measure",
        "centroid_x float64 measure", "centroid_y float64 measure", "shape_area_m2 float64 measure",
        "min_x float64 measure", "min_y float64 measure", "max_x float64 measure", "max_y float64 measure",
      ])
    #expect(table.schema["geometry"]?.unit == "WKT EPSG:28992")
    #expect(table.schema["centroid_x"]?.unit == "m")
    #expect(table.schema["min_x"]?.origins.map(\.column) == ["geometry"])
    #expect(try cells(table, "feature_id") == ["a.1", "a.2", "a.3", "a.4", "a.5", "a.6"])
    let none = "<unspecified>"
    #expect(try cells(table, "naam") == ["Noord é", none, none, none, none, none])
    #expect(try cells(table, "inwoners") == ["1250.0", "<unknown>", "0.0", none, none, none])
    #expect(try cells(table, "aandeel") == ["12.5", "<unknown>", none, none, none, none])
    #expect(try cells(table, "water") == ["false", "true", none, none, none, none])
    #expect(try cells(table, "area_m2") == ["3.0", none, none, none, none, none])
    #expect(
      try cells(table, "geometry") == [
        "POLYGON ((240000.50 486000, 240200.50 486000, 240200.50 486100, 240000.50 486100, 240000.50 486000), "
          + "(240010.50 486010, 240010.50 486020, 240020.50 486020, 240020.50 486010, 240010.50 486010))",
        "MULTIPOLYGON (((240200.5 486000, 240300.5 486000, 240300.5 486100, 240200.5 486000)), "
          + "((250000 487000, 250010 487000, 250010 487010, 250000 487010, 250000 487000)))",
        none, "POINT (240100 486050)", "LINESTRING (0 0, 10 0)", "MULTIPOLYGON EMPTY",
      ])
    #expect(
      try cells(table, "shape_area_m2") == [
        "19900.0", "5100.0", none, "<undefined>", "<undefined>", "<undefined>",
      ])
    #expect(try cells(table, "max_x") == ["240200.5", "250010.0", none, "240100.0", "10.0", "<undefined>"])
    // The expected centroids are those of Shapely 2.2.0.
    let (x, y) = try (
      cells(table, "centroid_x").map { Double($0) ?? 0 }, cells(table, "centroid_y").map { Double($0) ?? 0 }
    )
    let (found, expected) = (
      [x[0], y[0], x[1], y[1]], [240100.9271356784, 486050.17587939696, 240458.1045751634, 486052.385620915]
    )
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-6) }
    #expect(x[4] == 5)
  }

  /// What is read can be read back.
  @Test func wellKnownTextReadsBack() throws {
    let table = try readAll(adapter(), [folder + "valid_areas.geojson"], columns: ["geometry", "shape_area_m2"])
    for row in [0, 1] {
      let text = try cells(table, "geometry")[row]
      let shape = try #require(Array(text.utf8).withUnsafeBufferPointer { Shape(wellKnownText: $0) })
      let area = try #require(shape.measures.squareMetres(shape.kind, isGeographic: false))
      #expect("\(area)" == (try cells(table, "shape_area_m2")[row]))
    }
  }

  @Test func degrees() throws {
    let table = try readAll(adapter(), [folder + "valid_degrees.geojson"])
    #expect(table.schema["geometry"]?.unit == "WKT EPSG:4326")
    #expect(table.schema["min_x"]?.unit == "degree")
    let area = try #require(Double(try cells(table, "area_m2")[0]))
    // R^2 * 0.1 degree * (sin 52.4 - sin 52.3).
    #expect(abs(area - 75_525_869.131) < 0.01)
    let metres = try readAll(adapter { $0.epsg = 28992 }, [folder + "valid_degrees.geojson"])
    #expect(metres.schema["min_x"]?.unit == "m")
  }

  @Test func topology() throws {
    let table = try readAll(adapter(), [folder + "valid_topology.topojson"])
    #expect(try cells(table, "feature_id") == ["W", "O", "N"])
    #expect(try cells(table, "naam") == ["West", "Oost", "Niets"])
    #expect(
      try cells(table, "geometry") == [
        "POLYGON ((7.0 53.0, 6.0 53.0, 6.0 52.0, 7.0 52.0, 7.0 53.0))",
        "MULTIPOLYGON (((7.0 53.0, 7.0 52.0, 8.0 52.0, 8.0 53.0, 7.0 53.0)))", "<unspecified>",
      ])
    #expect(try cells(table, "centroid_x") == ["6.5", "7.5", "<unspecified>"])
    let named = try readAll(adapter { $0.object = "areas" }, [folder + "valid_topology.topojson"])
    #expect(named == table)
    #expect(
      message { _ = try readAll(adapter { $0.object = "area" }, [folder + "valid_topology.topojson"]) }
        == "geojson/valid_topology.topojson: has no object \"area\"; did you mean \"areas\"?")
  }

  @Test func whatCannotBeColumns() throws {
    let table = try readAll(adapter(), [folder + "undecided_late_property.geojson"])
    #expect(try cells(table, "mixed") == ["1", "x"])
    #expect(try cells(table, "big") == ["<unspecified>", "12345678901234567890"])
    #expect(table.schema["nested"] == nil)
    #expect(try cells(table, "geometry") == ["<unspecified>", "<unspecified>"])
  }

  @Test func badInput() throws {
    let expected: [(String, String)] = [
      ("invalid_cut.geojson", ":4: ends inside the JSON document; the file is cut off, fetch it again"),
      ("invalid_depth.geojson", ":2: the coordinates of a MultiPolygon stand 3 lists deep, expected 4"),
      ("invalid_position.geojson", ":3: a position has fewer than two numbers"),
      (
        "invalid_metres.geojson",
        ": has coordinates that are no degrees (up to 486050.0) and names no reference system; set epsg, for example 28992"
      ),
      (
        "invalid_system.geojson",
        ": names the reference system \"local grid\", which is not one of EPSG; give its number under \"epsg\""
      ),
      (
        "invalid_type.geojson",
        ": is JSON that is of type \"Table\"; expected a FeatureCollection, a Feature or a Topology"
      ),
      ("invalid_arc.topojson", ":1: there is no arc 5; the topology has 1"),
    ]
    for (name, text) in expected {
      #expect(message { _ = try readAll(adapter(), [folder + name]) } == "geojson/\(name)\(text)")
    }
    #expect(
      message { _ = try readAll(adapter { $0.types = types([("naam", .float64)]) }, [folder + "valid_areas.geojson"]) }
        == "geojson/valid_areas.geojson:6: column \"naam\": cannot read \"Noord é\" as a number; the adapter's decimal mark "
        + "is \".\"; if the text stands for a missing value, name it under markers; if the column holds text, set types: "
        + "{naam: string}")
    try withFile("", ".geojson") { path in
      #expect(message { _ = try readAll(adapter(), [path]) }.contains("is empty; expected JSON"))
    }
    // A reference system behind the features is seen when the head holds the whole file.
    #expect(try readAll(adapter(), [folder + "invalid_late_crs.geojson"]).schema["geometry"]?.unit == "WKT EPSG:28992")
  }

  @Test func aReferenceSystemFarBehindTheFeatures() throws {
    var text = "{\"type\": \"FeatureCollection\", \"features\": [\n"
    for i in 0..<6000 {
      text += "{\"type\": \"Feature\", \"properties\": {\"code\": \"\(i)\", \"v\": \(i).5}, "
      text += "\"geometry\": {\"type\": \"Point\", \"coordinates\": [6, 52]}},\n"
    }
    text += "{\"type\": \"Feature\", \"properties\": {\"code\": \"x\"}, \"geometry\": null}], "
    text += "\"crs\": {\"type\": \"name\", \"properties\": {\"name\": \"EPSG:28992\"}}}"
    try withFile(text, ".geojson") { path in
      #expect(
        message { _ = try readAll(adapter(), [path]) }.hasSuffix(
          ": names its reference system, EPSG:28992, after the features; set epsg: 28992"))
      let table = try readAll(adapter { $0.epsg = 28992 }, [path])
      #expect(table.rowCount == 6001)
      guard case .float64(let values) = try table.column("v") else { return }
      #expect((0..<6000).allSatisfy { values.values[$0] == Double($0) + 0.5 })
    }
  }

  @Test func everyPrefixIsRefused() throws {
    for name in ["valid_areas.geojson", "valid_topology.topojson"] {
      let bytes = try RunContext().head(folder + name)
      for length in stride(from: 0, to: bytes.count - 3, by: 3) {
        try withFile(Array(bytes[..<length]), ".geojson") { path in
          let found = message { _ = try readAll(adapter(), [path]) }
          #expect(found != "no error", "\(name) \(length)")
        }
      }
    }
  }

  /// A byte order mark says nothing: the same table, found by itself.
  @Test func byteOrderMark() throws {
    for name in ["valid_areas.geojson", "valid_topology.topojson"] {
      let bytes = try RunContext().head(folder + name)
      let expected = try readAll(adapter(), [folder + name])
      try withFile([0xEF, 0xBB, 0xBF] + bytes, ".geojson") { path in
        let head = try RunContext().head(path)
        #expect(GeoJSON.recognise(head: head, path: path).confidence == 95)
        let table = try readAll(adapter(), [path])
        #expect(table == expected)
      }
    }
  }

  /// A page of an answer says that there are more.
  @Test func pagesOfAnAnswer() throws {
    let feature = "{\"type\": \"Feature\", \"properties\": {\"a\": \"x\"}, \"geometry\": null}"
    func page(_ more: String) -> String {
      "{\"type\": \"FeatureCollection\", \"features\": [\(feature)]\(more)}"
    }
    func told(_ files: [String]) throws -> [String] {
      try warnings { _ = try readAll(adapter(), files, context: $0) }.map { String($0.drop { $0 != " " }.dropFirst()) }
    }
    let next = ", \"links\": [{\"rel\": \"self\", \"href\": \"u\"}, {\"href\": \"https://x/2\", \"rel\": \"next\"}, 7]"
    try withFile(page(next + ", \"numberMatched\": 2"), ".geojson") { first in
      let alone = try told([first])
      #expect(alone == ["names a next page, https://x/2, but is the last of the files; the table is not complete"])
      try withFile(page(", \"links\": [], \"numberMatched\": 2"), ".geojson") { last in
        let (both, second) = try (told([first, last]), told([last]))
        #expect(both == [])
        #expect(second == ["holds 1 of 2 features; ask for the others too: the table is not complete"])
      }
    }
    let whole = try withFile(page(", \"links\": null, \"numberMatched\": 1"), ".geojson") { try told([$0]) }
    #expect(whole == [])
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      GeoJSON.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(try judge("valid_areas.geojson") == Recognition(95, "a GeoJSON FeatureCollection"))
    #expect(try judge("valid_degrees.geojson") == Recognition(90, "a GeoJSON Feature"))
    #expect(try judge("valid_topology.topojson") == Recognition(95, "a TopoJSON Topology"))
    #expect(try judge("invalid_type.geojson") == Recognition(60, "JSON with a list of features"))
    #expect(try judge("README.md") == Recognition(0, "not a JSON object"))
  }
}
