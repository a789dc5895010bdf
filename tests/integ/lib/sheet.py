"""An XLSX file as its bytes say, and where openpyxl is installed as that reads it: both must agree."""
import datetime
import io
import re
import zipfile
import xml.etree.ElementTree as tree

try:
    import openpyxl
except ImportError:
    openpyxl = None

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
DATE, SPAN = 164, 46


def _cell(c, formats):
    if c.get("t") == "inlineStr":
        text = "".join(t.text or "" for t in c.iter(MAIN + "t"))
        return re.sub("_x005F_", "_", text)
    v = c.find(MAIN + "v")
    if v is None:
        return None
    if formats[int(c.get("s"))] == DATE:
        return datetime.datetime(1899, 12, 30) + datetime.timedelta(milliseconds=round(float(v.text) * 86400000))
    if formats[int(c.get("s"))] == SPAN:
        return datetime.timedelta(milliseconds=round(float(v.text) * 86400000))
    return int(v.text)


def read(data):
    """{sheet: [row, ...]}; a cell is None, text, a number, datetime or timedelta.  No cell may be a formula."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        assert z.testzip() is None
        assert z.namelist()[0] == "[Content_Types].xml", z.namelist()
        part = {name: tree.fromstring(z.read(name)) for name in z.namelist()}
    assert not [n for n, root in part.items() if list(root.iter(MAIN + "f"))], "a formula"
    formats = [int(xf.get("numFmtId")) for xf in part["xl/styles.xml"].find(MAIN + "cellXfs")]
    where = {x.get("Id"): "xl/" + x.get("Target") for x in part["xl/_rels/workbook.xml.rels"]}
    book = {}
    for s in part["xl/workbook.xml"].iter(MAIN + "sheet"):
        rows = list(part[where[s.get(R)]].iter(MAIN + "row"))
        book[s.get("name")] = [[_cell(c, formats) for c in row] for row in rows]
    if openpyxl:
        other = openpyxl.load_workbook(io.BytesIO(data))
        assert other.sheetnames == list(book)
        for sheet in other:
            for mine, row in zip(book[sheet.title], sheet.iter_rows(), strict=True):
                for a, c in zip(mine, row, strict=True):
                    assert c.data_type != "f" and (a == c.value or isinstance(a, (datetime.datetime, datetime.timedelta)) or "_x" in str(a)), (a, c.value)
    return book
