import PipelineTesting
import BuiltinPlugins
import PipelineKit
import Tabular
import Testing

/// Real files of other producers: SDMX messages, boundaries, the list of gemeenten; and packed ones.
///
/// Expected figures were computed from the files with Python (ElementTree and json; areas by the shoelace formula).
@Suite(.enabled(if: RealFiles.isThere)) struct RealFilesFormatsTests {
  private func path(_ name: String) -> String { RealFiles.folder + "/" + name }

  private func sum(_ values: [Double?]) -> Double { values.reduce(0) { $0 + ($1 ?? .nan) } }

  // MARK: SDMX

  /// A message without data but with a footer is an error that says what the sender says.
  @Test func aFooterIsAnError() {
    let error = #expect(throws: PipelineError.self) {
      try Inspection(path("sdmx/ESTAT_footer.xml"), adapter: nil, options: [], rows: 1, catalog: .builtin)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("is a message without a data set; the sender says, under code 413 (Infomation): \"Due to "))
    #expect(text.hasSuffix("get the file it speaks of, or ask for less at a time") && !text.contains("\n"), "\(text)")
  }

  @Test func exchangeRates() throws {
    let rates = try readTable([path("sdmx/ECB_EXR_1_M.USD.EUR.SP00.A.xml")], "sdmx_ml")
    let values = try rates.numbers("OBS_VALUE")
    #expect(rates.rowCount == 252 && values.first == 1.16078 && values.last == 1.111345)
    #expect(abs(sum(values) - 302.978909757315) < 1e-9)
    #expect(try rates.texts("TIME_PERIOD").first == "1999-01")
    #expect(try rates.texts("TIME_PERIOD").last == "2019-12")
    #expect(try Set(rates.texts("CURRENCY")) == ["USD"])
  }

  /// The same message with and without its structure file: the same observations, in the order of the structure.
  @Test func aStructureFile() throws {
    let message = path("sdmx/ECB_EXR_ng-ts.xml")
    let plain = try readTable([message], "sdmx_ml")
    let described = try readTable([message], "sdmx_ml", "{structure: \(path("sdmx/ECB_EXR_ng-structure.xml"))}")
    let values = [
      1.3413, 1.3089, 1.3452, 0.82363, 0.83987, 0.87637, 110.04, 110.26, 113.67, 1.2894, 1.3067, 1.3898,
    ]
    #expect(try plain.numbers("OBS_VALUE") == values)
    #expect(try described.numbers("OBS_VALUE") == values)
    // The message has its attributes in another order than the structure; its concepts have no names.
    let attributes = ["COLL_METHOD", "DECIMALS", "UNIT_MEASURE", "UNIT_MULT", "CONF_STATUS_OBS", "OBS_STATUS", "TITLE"]
    #expect(Array(described.schema.names.suffix(7)) == attributes)
    #expect(plain.schema.names != described.schema.names && Set(plain.schema.names) == Set(described.schema.names))
    expectSame(try plain.selecting(described.schema.names), described, "structure")
  }

  @Test func grossDomesticProduct() throws {
    let table = try readTable([path("sdmx/ESTAT_NAMA_10_GDP-ss.xml")], "sdmx_ml")
    #expect(try table.numbers("OBS_VALUE") == [46_526.2, 49_094.5, 51_791.3, 54_142.3])
    #expect(try table.texts("geo") == ["LU", "LU", "LU", "LU"])
  }

  // MARK: Boundaries

  @Test func gemeentenOf2024() throws {
    let table = try readTable([path("geo/gemeente_gegeneraliseerd_2024_rd.geojson")], "geojson")
    #expect(table.rowCount == 342 && table.schema["geometry"]?.unit == "WKT EPSG:28992")
    let (codes, areas) = try (table.texts("statcode"), table.numbers("area_m2"))
    #expect(Set(codes).count == 342 && codes.allSatisfy { $0?.hasPrefix("GM") ?? false })
    let almelo = try #require(codes.firstIndex(of: "GM0141"))
    #expect(abs((areas[almelo] ?? 0) - 69_381_033.32292175) < 1e-3)
    #expect(abs(sum(areas) - 35_087_865_173.09759) < 10)
    #expect(try table.texts("jrstatcode")[almelo] == "2024GM0141")
  }

  @Test func buurtenOf2014() throws {
    let table = try readTable([path("geo/Buurt_2014_layer_q1e3.topojson")], "geojson")
    let codes = try table.texts("statcode")
    #expect(table.rowCount == 11_691 && codes.count { $0?.hasPrefix("BU0141") ?? false } == 64)
    let shapes = try table.texts("geometry").map { $0.map { $0.prefix { $0 != " " } } ?? "" }
    #expect(shapes.count { $0 == "POLYGON" } == 11_448 && shapes.count { $0 == "MULTIPOLYGON" } == 243)
  }

  /// Every year's gemeenten; a code of one to four digits stays text.
  @Test func listOfGemeenten() throws {
    let table = try readTable([path("regions/gemeentelijke-indeling.xml")], "xml_records")
    let years = try table.texts("indeling_jaar").reduce(into: [:]) { $0[$1 ?? "", default: 0] += 1 }
    #expect(years.count == 36 && years["1990"] == 672 && years["2020"] == 355 && years["2024"] == 342)
    let (codes, names) = try (table.texts("code"), table.texts("naam"))
    #expect(codes.first == "3" && names.first == "Appingedam")
    #expect(zip(codes, names).count { $0.0 == "141" && $0.1 == "Almelo" } == 36)
    #expect(table.schema["code"]?.type == .string && table.schema["code"]?.role == .key)
  }

  // MARK: Packed

  /// A whole download in one archive, and a table in gzip: what the files hold, found by itself.
  @Test func packedFilesAreReadThrough() throws {
    let folder = TemporaryFolder()
    let download = RealFiles.folder + "/odata4-csv/82045NED"
    let members = try Files.names(download).map { name in
      (name: name, bytes: try #require(Files.bytes(download + "/" + name)))
    }
    let archive = folder.write("82045NED.zip", Packing.zip(members))
    let found = try Inspection(archive, adapter: nil, options: [], rows: 1, catalog: .builtin)
    #expect(found.adapter == "cbs_odata4" && found.rowCount == 4_275)
    expectSame(try readTable([archive], "cbs_odata4"), try readTable([download], "cbs_odata4"), "zip")
    let table = RealFiles.named("80305ned_Untyped", in: "odata3-csv")
    let packed = folder.write("80305ned.csv.gz", Packing.gzip(try #require(Files.bytes(table[0]))))
    expectSame(try readTable([packed], "cbs_dataset_csv"), try readTable(table, "cbs_dataset_csv"), "gzip")
    let one = folder.write("one.zip", Packing.zip([("a.csv", try #require(Files.bytes(table[0])))]))
    expectSame(try readTable([one], "cbs_dataset_csv"), try readTable(table, "cbs_dataset_csv"), "zip of one file")
  }
}
