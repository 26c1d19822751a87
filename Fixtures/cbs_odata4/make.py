"""Writes the fixtures of cbs_odata4: made-up figures in the byte shapes of a bulk download of CBS's OData v4."""
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = "Id;Measure;RegioS;Perioden;Value;StringValue;ValueAttribute\r\n"


def write(name, text):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text)


INCOME = {
    "Observations.csv": HEAD
    + "0;M000224;GM0141;2022JJ00;24,6;;None\r\n"
    + "1;M000224;GM0141;2023JJ00;25;;None\r\n"
    + "2;M000224;GM0153;2022JJ00;;;Impossible\r\n"
    + "3;1050010_2;GM0141;2022JJ00;-3,25;;None\r\n"
    + "4;1050010_2;GM0153;2022JJ00;;;Confidential\r\n"
    + "5;1050010_2;GM0153;2023JJ00;;;Missing\r\n"
    + '6;T000001;GM0141;2022JJ00;;"stedelijk; ""matig""";None\r\n'
    + "7;T000001;GM0153;2022JJ00;;;None\r\n",
    "MeasureCodes.csv": "Identifier;MeasureGroupId;Index;Title;Description;DataType;Unit;Decimals;PresentationType\r\n"
    + "M000224;2;1;Gemiddeld;Het gemiddelde;Double;1 000 euro;1;\r\n"
    + '1050010_2;3;2;Gemiddeld;"Twee regels;\r\nmet een ""aanhaling"".";Double;%;2;\r\n'
    + "T000001;;3;Stedelijkheid;;String;;;\r\n",
    "MeasureGroups.csv": "Id;Index;Title;Description;ParentId\r\n1;1;Inkomen;;\r\n2;1;Personen;;1\r\n3;2;Huishoudens;;1\r\n",
    "Dimensions.csv": "Identifier;Title;Description;MapYear;ReleasePolicy;Kind;ContainsGroups;ContainsCodes;CodesUrl;GroupsUrl\r\n"
    + "RegioS;Regio's;;2023;;GeoDimension;True;True;RegioSCodes.csv;RegioSGroups.csv\r\n"
    + "Perioden;Perioden;;;True;TimeDimension;False;True;PeriodenCodes.csv;\r\n",
    "RegioSCodes.csv": "Identifier;DimensionGroupId;DimensionId;Index;Title;Description\r\n"
    + "GM0141;GMPV23;RegioS;1;Almelo;\r\nGM0153;GMPV23;RegioS;2;Enschede;\r\n",
    "RegioSGroups.csv": "Id;Index;Title;Description;ParentId;DimensionId\r\nGMPV23;1;Overijssel;;;RegioS\r\n",
    "PeriodenCodes.csv": "Identifier;DimensionGroupId;DimensionId;Index;Title;Description;Status\r\n"
    + "2022JJ00;;Perioden;1;2022;;Definitief\r\n2023JJ00;;Perioden;2;2023*;;Voorlopig\r\n",
    "Properties.csv": "Identifier;Title;Description;Modified;ObservationCount\r\n"
    + '99999NED;"Inkomen; regio";"Twee\r\nregels";12-05-2023 00:00:00;8\r\n',
    "LinkProvenances.csv": "Id;Title;Url;DatasetId;Id;Title\r\n0;Bron;http://example.org;;;\r\n",
}
for name, text in INCOME.items():
    write("valid_income/" + name, text)

with zipfile.ZipFile(os.path.join(HERE, "valid_income.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in INCOME.items():
        info = zipfile.ZipInfo("99999NED/" + name, (2023, 5, 12, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, text.encode())

# Files of two downloads in one folder: the dimensions are those of another table.
write("invalid_mixed/Observations.csv", "Id;Measure;Perioden;Value;StringValue;ValueAttribute\r\n0;M1;2022JJ00;1;;None\r\n")
write("invalid_mixed/Dimensions.csv", INCOME["Dimensions.csv"])
# The same dimensions, another number of observations.
write("invalid_count/Observations.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n")
write("invalid_count/Properties.csv", INCOME["Properties.csv"])
# A measure that the list of measures lacks.
write("invalid_measure/Observations.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n")
write("invalid_measure/MeasureCodes.csv", INCOME["MeasureCodes.csv"])

write("invalid_empty.csv", "")
write("invalid_no_measure.csv", "Id;Maat;RegioS;Value\r\n0;M1;GM0141;1\r\n")
write("invalid_column_twice.csv", "Id;Measure;RegioS;RegioS;Value\r\n0;M1;GM0141;GM0141;1\r\n")
write("invalid_links.csv", INCOME["LinkProvenances.csv"])
write("invalid_fields.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n1;M1;GM0153;2022JJ00;1;None\r\n")
write("invalid_number.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n1;M1;GM0153;2022JJ00;1.5;;None\r\n")
write("invalid_twice.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n1;M2;GM0141;2022JJ00;2;;None\r\n2;M1;GM0141;2022JJ00;3;;None\r\n")
write("invalid_no_code.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n1;M1;;2022JJ00;1;;None\r\n")
write("invalid_quote.csv", HEAD + '0;M1;GM0141;2022JJ00;1;;None\r\n1;"M1"x;GM0141;2023JJ00;1;;None\r\n')
write("invalid_cut.csv", HEAD + '0;M1;GM0141;2022JJ00;1;;None\r\n1;M1;GM0153;2022JJ00;;"een tekst\r\n')
write("undecided_text.csv", HEAD + "0;M1;GM0141;2022JJ00;1;;None\r\n1;M1;GM0153;2022JJ00;;laag;None\r\n")
write("invalid_text/Observations.csv", HEAD + "0;M000224;GM0141;2022JJ00;1;;None\r\n1;M000224;GM0153;2022JJ00;;laag;None\r\n")
write("invalid_text/MeasureCodes.csv", INCOME["MeasureCodes.csv"])
# Attributes that are not on any list, and values with an attribute: kept, with a warning.
write(
    "undecided_attributes.csv",
    HEAD + "0;M1;GM0141;2022JJ00;1;;Provisional\r\n1;M1;GM0153;2022JJ00;;;Vervallen\r\n2;M1;GM0164;2022JJ00;;;None\r\n")
# Columns in another order, no identifiers, LF, a byte order mark, quotes, blanks around codes, no line end at the end.
write(
    "valid_other_order.csv",
    '\ufeffPerioden;Value;"Measure";RegioS;ValueAttribute\n2022JJ00;1,5;M1;GM0141    ;None\n2022JJ00;"2,5";"M2";"GM0141";None\n'
    + "2022JJ00;3;M1; GM0153;None\n2022JJ00;4;M2;GM0153;None")
