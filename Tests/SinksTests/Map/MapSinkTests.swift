import PipelineKit
import PipelineTesting
import Sinks
import Tabular
import Testing

/// Two areas in two years, one figure secret, and one area without a boundary.
private func panel(unit: String = "WKT EPSG:28992") throws -> Table {
  let schema = try Schema([
    Field("code", .string, role: .key), Field("name", .string), Field("year", .string, role: .key),
    Field(
      "share", .float64, unit: "%", label: "Share <5 & more", decimals: 1,
      origins: [Origin(producer: "CBS", table: "84799NED")]), Field("geometry", .string, unit: unit),
  ])
  let square = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (40 40, 40 60, 60 60, 60 40, 40 40))"
  let two = "MULTIPOLYGON (((100 0, 200 0, 200 50, 100 50, 100 0)), ((150 80, 160 80, 160 90, 150 80)))"
  let missing = MissingMask(reasons: [0, 0, 0, MissingReason.suppressed.rawValue, 0])
  return try Table(
    schema: schema,
    columns: [
      .string(StringColumn(["A", "B", "A", "B", "C"])),
      .string(StringColumn(["North", "South", "North", "South", ""])),
      .string(StringColumn(["2023", "2023", "2022", "2022", "2022"])),
      .float64(Float64Column([0, 10, 7.55, 0, 5], missing: missing)),
      .string(StringColumn([square, two, square, two, nil])),
    ])
}

private func text(_ options: String, _ table: Table, context: RunContext = RunContext()) throws -> String {
  String(
    decoding: try written(sink(MapSink.self, options), [NamedTable("panel", table)], context: context), as: UTF8.self)
}

private let all = "value: share, area: code, name: name, period: year"

@Suite struct MapSinkTests {
  @Test func features() throws {
    let context = RunContext()
    let found = try text("{\(all), format: geojson, breaks: [5, 7.55]}", panel(), context: context)
    #expect(
      found == """
        {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}, \
        "features": [
        {"type": "Feature", "properties": {"area":"A","name":"North","period":"2023","share":0,"status":null,"class":1}, \
        "geometry": {"type": "Polygon", "coordinates": [[[0,0],[100,0],[100,100],[0,100],[0,0]],\
        [[40,40],[40,60],[60,60],[60,40],[40,40]]]}},
        {"type": "Feature", "properties": {"area":"B","name":"South","period":"2023","share":10,"status":null,"class":3}, \
        "geometry": {"type": "MultiPolygon", "coordinates": [[[[100,0],[200,0],[200,50],[100,50],\
        [100,0]]],[[[150,80],[160,80],[160,90],[150,80]]]]}},
        {"type": "Feature", "properties": {"area":"A","name":"North","period":"2022","share":7.55,"status":null,"class":3}, \
        "geometry": {"type": "Polygon", "coordinates": [[[0,0],[100,0],[100,100],[0,100],[0,0]],\
        [[40,40],[40,60],[60,60],[60,40],[40,40]]]}},
        {"type": "Feature", "properties": {"area":"B","name":"South","period":"2022","share":null,"status":"suppressed",\
        "class":null}, "geometry": {"type": "MultiPolygon", "coordinates": [[[[100,0],[200,0],[200,50],\
        [100,50],[100,0]]],[[[150,80],[160,80],[160,90],[150,80]]]]}},
        {"type": "Feature", "properties": {"area":"C","period":"2022","share":5,"status":null,"class":2}, "geometry": null}
        ]}

        """)
    #expect(context.warnings.map { $0.split(separator: ": ").last } == ["1 rows have no boundary"])
  }

  @Test func onePoint() throws {
    let table = try panel(unit: "WKT EPSG:4326").gathering([0])
    let point = try Table(
      schema: table.schema, columns: table.columns.dropLast() + [.string(StringColumn(["POINT (6.65 52.35)"]))])
    let found = try text("{\(all), format: geojson}", point)
    #expect(found.contains("\"geometry\": {\"type\": \"Point\", \"coordinates\": [6.65,52.35]}"))
    #expect(!found.contains("crs"))
    #expect(try text("{\(all)}", point).contains("d=\"M0 0h0.1\""))
  }

  @Test func aMapForEachPeriodUnderOneLegend() throws {
    let found = try text("{\(all), classes: 2}", panel())
    // 200 metres are 480 pixels wide, north is up, the hole is cut out by the even-odd rule.
    #expect(
      found.contains(
        "<path id=\"a0\" fill-rule=\"evenodd\" d=\"M0 240L240 240L240 0L0 0L0 240ZM96 144L96 96L144 96L144 144L96 144Z\"/>"
      ))
    let maps = found.split(separator: "<g ").dropFirst()
    #expect(maps.count == 2)
    #expect(maps[maps.startIndex].contains(">2022</text>") && maps[maps.startIndex + 1].contains(">2023</text>"))
    // The same classes in both: 0 to 5 light, 5 to 10 dark.
    let (light, dark) = ("#edf3fa", "#08306b")
    #expect(maps[maps.startIndex + 1].contains("fill=\"\(light)\"><title>North (A): 0 %</title>"))
    #expect(maps[maps.startIndex + 1].contains("fill=\"\(dark)\"><title>South (B): 10 %</title>"))
    #expect(maps[maps.startIndex].contains("fill=\"\(dark)\"><title>North (A): 7.6 %</title>"))
    #expect(maps[maps.startIndex].contains("fill=\"#bbbbbb\"><title>South (B): suppressed</title>"))
    for line in ["0 to 5 %", "5 to 10 %", "suppressed (1)", "Source: CBS 84799NED. 1 without a boundary"] {
      #expect(found.split(separator: ">\(line)</text>").count == 2, "\(line)")
    }
    #expect(found.contains("<title>Share &lt;5 &amp; more</title>"))
    #expect(!found.contains("script") && !found.contains("href=\"http"))
  }

  @Test func allEqualAndNothing() throws {
    let one = try panel().gathering([0])
    let found = try text("{\(all)}", one)
    #expect(found.contains(">0 to 0 %</text>"))
    #expect(found.contains("fill=\"#6ba4cd\""))
    let secret = try text("{\(all)}", panel().gathering([3]))
    #expect(!secret.contains(" to ") && secret.contains(">suppressed (1)</text>"))
  }

  @Test(arguments: ["svg", "geojson"]) func keepsTheContract(format: String) throws {
    let inputs = [NamedTable("panel", try panel())]
    #expect(SinkConformance(MapSink.self, options: "{\(all), format: \(format)}", inputs: inputs).violations() == [])
  }

  @Test func mistakes() throws {
    let schema = NamedSchema("panel", try panel().schema)
    func error(_ options: String) -> String {
      do {
        try sink(MapSink.self, options).check([schema])
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      error("{value: shares, area: code}") == "p.yml:1:9: no column \"shares\" in \"panel\"; did you mean \"share\"?")
    #expect(error("{value: name, area: code}") == "p.yml:1:9: the column \"name\" holds no numbers")
    #expect(error("{value: share, area: code, geometry: share}") == "p.yml:1:38: the column \"share\" is not text")
    #expect(error("{value: share, area: code, breaks: [2, 1]}").hasSuffix("breaks are not at most 8 rising numbers"))
    #expect(error("{value: share, area: code, classes: 10}").hasSuffix("classes is 10; expected 1 to 9"))
    let thrown = #expect(throws: SinkError.self) { try text("{value: share, area: code, geometry: name}", panel()) }
    #expect(
      thrown?.message
        == "the boundary of \"A\" is not well-known text of points, lines or polygons: \"North\"")
  }
}
