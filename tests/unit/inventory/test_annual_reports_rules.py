from hypothesis import given
from hypothesis import strategies as st

from inventory.annual_reports.reading import read_batches
from inventory.annual_reports.rules import Figures, WrongTotal, total
from inventory.stations.rules import Level

HEADING = "序号,批次,证书名称,覆盖专业,等级,已培训人数,已考核人数,获证人数,面向社会培训人数"
FIGURES = st.builds(Figures, *(st.integers(0, 1000) for _ in range(4)))


def table(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows]).encode()


@given(st.lists(FIGURES, max_size=8))
def test_totals_are_the_sums(figures: list[Figures]) -> None:
    sums = total(figures)
    assert sums.social == sum(one.social for one in figures)
    assert sums.trained == sum(one.trained for one in figures)


def test_a_wrong_total_of_a_file_is_told_and_no_batch() -> None:
    content = table(
        "1,2022年批次,数字影像处理,数字媒体,初级,30,30,19,0",
        "2,2022年批次,工业机器人,机电一体化,初级,17,17,17,17",
        "合 计,,,,,47,47,36,93",
    )
    reading = read_batches("a.csv", content)
    assert not reading.problems
    assert [one.trained for one in reading.batches] == [30, 17]
    assert reading.wrong_totals == (WrongTotal("social", 93, 17),)


def test_cells_broken_over_lines_as_in_printed_tables_are_joined() -> None:
    row = '1,"2022年\n沿用批\n次","1+X 工业机\n器人操作",机电,"初,中\n级",169,169,69,0'
    (batch,) = read_batches("a.csv", table(row)).batches
    assert (batch.batch, batch.certificate) == ("2022年沿用批次", "1+X 工业机器人操作")
    assert batch.levels == [Level.ELEMENTARY, Level.INTERMEDIATE]


def test_every_bad_cell_is_named() -> None:
    content = table(
        "1,,证书,专业,初级,1,1,1,0",
        "2,一批,证书,专业,专家级,1,1,1,0",
        "3,一批,证书,专业,初级,1,1,2,0",
        "4,一批,证书,专业,初级,多,1,1,",
        "5,一批,证书,专业,初级,1,1,1,0",
        "6,一批,证书,专业,初级,1,1,1,0",
    )
    reading = read_batches("a.csv", content)
    assert [(one.row, one.column) for one in reading.problems] == [
        (2, "batch"),
        (3, "levels"),
        (4, "certified"),
        (5, "trained"),
        (5, "social"),
        (7, "batch"),
    ]
    assert len(reading.batches) == 1
