import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "gml/"

private func adapter(_ change: (inout GML.Options) -> Void = { _ in }) throws -> GML {
  var options = GML.Options()
  change(&options)
  return try GML(options: options, context: RunContext())
}

@Suite struct GMLTests {
  @Test func propertiesAndShapes() throws {
    var read: Table?
    let path = folder + "valid_areas.gml"
    let warned = try warnings { read = try readAll(adapter(), [path], origin: delivery, context: $0) }
    let table = try #require(read)
    #expect(
      table.schema.fields.prefix(6).map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" } == [
        "feature_id string key", "statcode string key", "naam string measure", "inwoners string measure",
        "aandeel float64 measure", "geometry string measure",
      ])
    #expect(table.schema["geometry"]?.unit == "WKT EPSG:28992")
    let none = "<unspecified>"
    #expect(try cells(table, "feature_id") == ["a.1", "a.2", "a.3", "a.4", "a.5"])
    #expect(try cells(table, "naam") == ["Noord é & \"oud\"", none, none, none, none])
    #expect(try cells(table, "inwoners") == ["1250", "<unknown>", none, none, none])
    #expect(try cells(table, "aandeel") == ["12.5", "<unknown>", none, none, none])
    #expect(warned == ["\(path):19: the property \"parts\" holds elements and is left out"])
    let typed = try readAll(adapter { $0.types = types([("inwoners", .float64)]) }, [path])
    #expect(try cells(typed, "inwoners").prefix(2) == ["1250.0", "<unknown>"])
  }

  /// The same shapes in both formats give the same cells.
  @Test func equalsGeoJSON() throws {
    let names = ["geometry", "centroid_x", "centroid_y", "min_x", "min_y", "max_x", "max_y"]
    let gml = try readAll(adapter(), [folder + "valid_areas.gml"], columns: names + ["area_m2"])
    let json = try readAll(
      GeoJSON(options: GeoJSON.Options(), context: RunContext()), [fixtures + "geojson/valid_areas.geojson"],
      columns: names + ["shape_area_m2"]
    ).gathering([0, 1, 2, 3, 4])
    for name in names { #expect(try cells(gml, name) == cells(json, name), "\(name)") }
    #expect(try cells(gml, "area_m2") == cells(json, "shape_area_m2"))
  }

  @Test func theOrderOfTheAxes() throws {
    let first = try readAll(adapter(), [folder + "valid_latitude_first.gml"])
    let second = try readAll(adapter(), [folder + "valid_longitude_first.gml"])
    #expect(try cells(first, "geometry") == ["POLYGON ((6.6 52.3, 6.7 52.3, 6.7 52.4, 6.6 52.4, 6.6 52.3))"])
    #expect(try cells(second, "geometry") == cells(first, "geometry"))
    #expect(try cells(second, "feature_id") == ["x.1"])
    #expect(second.schema["min_x"]?.unit == "degree")
    // R^2 * 0.1 degree * (sin 52.4 - sin 52.3).
    let area = try #require(Double(try cells(first, "area_m2")[0]))
    #expect(abs(area - 75_525_869.131) < 0.01)
  }

  @Test func mistakes() throws {
    let expected = [
      ("invalid_arc.gml", ":3: the geometry has a \"Arc\"; only points, straight lines and polygons can be read"),
      ("invalid_odd.gml", ":3: a list of coordinates does not make whole points of 2 numbers"),
      ("invalid_number.gml", ":3: the coordinates hold \"x\", which is no number"),
      ("invalid_no_system.gml", ": names no reference system (srsName); set epsg, for example 28992"),
      (
        "invalid_two_systems.gml",
        ":3: the geometries name more than one reference system: EPSG:4326 and EPSG:28992"
      ),
      (
        "invalid_local_system.gml",
        ": names the reference system \"local\", which is not one of EPSG; give its number under \"epsg\""
      ),
      (
        "invalid_no_features.gml",
        ": has no features of GML; its root element is \"list\", expected a FeatureCollection with members"
      ),
    ]
    for (name, text) in expected {
      #expect(message { _ = try readAll(adapter(), [folder + name]) } == "gml/\(name)\(text)")
    }
    #expect(
      message { _ = try readAll(adapter(), [folder + "invalid_cut.gml"]) }.contains(":3: is not well-formed XML: "))
    let other = try readAll(adapter { $0.epsg = 28992 }, [folder + "invalid_no_system.gml"])
    #expect(try cells(other, "min_x") == ["52.3"])
  }

  /// Whole numbers may be codes; what is a number here and a text there is text.
  @Test func undecided() throws {
    let file = folder + "undecided_properties.gml"
    let table = try readAll(adapter(), [file])
    #expect(
      table.schema.fields.prefix(5).map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" } == [
        "feature_id string key", "number string measure", "mixed string measure", "share float64 measure",
        "later string measure",
      ])
    #expect(try cells(table, "number") == ["12", "007"])
    #expect(try cells(table, "later") == ["<unspecified>", "x"])
    let counted = try readAll(adapter { $0.types = types([("number", .float64)]) }, [file])
    #expect(try cells(counted, "number") == ["12.0", "7.0"])
  }

  /// A page of an answer says that there are more.
  @Test func pagesOfAnAnswer() throws {
    func told(_ attributes: String) throws -> [String] {
      let document =
        "<w:FeatureCollection xmlns:w=\"http://www.opengis.net/wfs/2.0\" xmlns:g=\"http://www.opengis.net/gml/3.2\""
        + "\(attributes)><w:member><a><b>x</b><c><g:Point srsName=\"EPSG:28992\"><g:pos>1 2</g:pos></g:Point></c></a>"
        + "</w:member></w:FeatureCollection>"
      return try withFile(document, ".gml") { file in
        try warnings { _ = try readAll(adapter(), [file], context: $0) }.map {
          String($0.drop { $0 != " " }.dropFirst())
        }
      }
    }
    #expect(
      try told(" numberMatched=\"3\" numberReturned=\"1\"") == [
        "holds 1 of 3 features; ask for the others too: the table is not complete"
      ])
    #expect(
      try told(" numberMatched=\"unknown\" next=\"https://x?a=1&amp;startIndex=1\"") == [
        "names a next page, https://x?a=1&startIndex=1, but is the last of the files; the table is not complete"
      ])
    #expect(try told(" numberMatched=\"1\"") == [])
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      GML.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(try judge("valid_areas.gml") == Recognition(95, "a GML FeatureCollection"))
    #expect(try judge("invalid_no_features.gml") == Recognition(0, "no FeatureCollection of GML"))
    #expect(try judge("README.md") == Recognition(0, "not XML"))
  }
}
