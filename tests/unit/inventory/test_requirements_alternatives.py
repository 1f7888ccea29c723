import pytest

from inventory.requirements.alternatives import (
    Alternatives,
    Stand,
    is_called,
    is_part,
    names_of,
    parse_alternatives,
)
from inventory.stations.rules import Level, StationUse


@pytest.mark.parametrize("text", ["", "-", "no", "NO", "无"])
def test_nothing_stands_in_where_nothing_is_named(text: str) -> None:
    assert parse_alternatives(text) == Alternatives()


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("整车", [[Stand("整车")]]),
        ("整车 + 电池举升车", [[Stand("整车"), Stand("电池举升车")]]),
        ("电子或纸质", [[Stand("电子")], [Stand("纸质")]]),
        ("诊断仪 with bus monitor", [[Stand("诊断仪", ("with bus monitor",))]]),
        ("充电机 (not for flashing)", [[Stand("充电机", ("not for flashing",))]]),
        ("万用表 CAT III 1000 V", [[Stand("万用表", ("CAT III 1000 V",))]]),
    ],
)
def test_names_are_read_with_their_conditions(text: str, stands: list[list[Stand]]) -> None:
    assert [list(option.stands) for option in parse_alternatives(text).options] == stands


def test_a_level_or_a_use_limits_an_option() -> None:
    (of_level,) = parse_alternatives("双通道示波器 (中级)").options
    assert (of_level.levels, of_level.stands[0].conditions) == (
        frozenset({Level.INTERMEDIATE}),
        (),
    )
    (of_use,) = parse_alternatives("仿真软件 (培训 only)").options
    assert of_use.uses == frozenset({StationUse.TRAINING})


def test_a_kit_counts_as_its_parts() -> None:
    assert parse_alternatives("kit counts as mat+barrier+sign").kit_parts == (
        "mat",
        "barrier",
        "sign",
    )
    assert parse_alternatives("套装视同 手套+护目镜").kit_parts == ("手套", "护目镜")


def test_other_words_are_read_or_kept_for_a_person() -> None:
    assert parse_alternatives("higher class only").is_higher_class_enough
    assert parse_alternatives("组内任一").is_any_of_group
    prose = parse_alternatives("maker-approved equal")
    assert (prose.options, prose.unparsed) == ((), "maker-approved equal")


@pytest.mark.parametrize(
    ("item", "name", "expected"),
    [
        ("纯电动乘用车(整车)", "整车", True),
        ("纯电动乘用车（整车）", "整车", True),
        ("数字万用表", "万用表", True),
        ("整车电气台架", "整车", False),
        ("整车动力系统(VCU)台架", "整车", False),
        ("双柱举升机", "举升机", True),
    ],
)
def test_a_compound_is_what_it_ends_with(item: str, name: str, expected: bool) -> None:
    assert is_called(names_of(item), name) is expected


def test_a_kits_word_names_a_row_in_either_language() -> None:
    assert is_part("gloves", "绝缘手套", "insulating gloves")
    assert is_part("手套", "绝缘手套", "")
    assert not is_part("mat", "电池均衡仪", "automatic balancer")
