"""A school searches its register, records a check with its paper, changes many and undoes it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from inventory.requirements.writing import write_rows
from tests.e2e.browsers import PHONE, SLOW_MS, entered, fits
from tests.e2e.conftest import Demo
from tests.rig import POSIX_ONLY

PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]


def record_a_check_with_its_paper(page: Page, folder: Path) -> None:
    (folder / "点检.pdf").write_bytes(PAPER)
    page.get_by_placeholder("搜索编号、名称、型号、地点").press_sequentially("护目 0003")
    expect(page.locator("tr[data-asset]")).to_have_count(1, timeout=SLOW_MS)
    page.get_by_role("button", name="护目镜").click()
    page.get_by_text("登记校准、检定或试验").click()
    form = page.locator("dialog form").first
    form.get_by_label("类型").select_option("functional_check")
    form.get_by_label("完成日期").fill("2026-01-05")
    form.get_by_label("证书编号").fill("DJ-7")
    form.locator("input[type=file]").set_input_files(folder / "点检.pdf")
    form.get_by_role("button", name="登记").click()
    proof = page.locator("[data-part=proofs] li", has_text="DJ-7")
    expect(proof).to_contain_text("点检", timeout=SLOW_MS)
    with page.expect_download() as fetched:
        proof.get_by_role("link").click()
    assert fetched.value.path().read_bytes() == PAPER
    expect(page.locator("[data-part=history]")).to_contain_text("登记检定校准记录")
    page.get_by_role("button", name="关闭").click()
    page.wait_for_url(lambda url: "asset=" not in url, timeout=SLOW_MS)


def change_many_and_undo(page: Page) -> None:
    page.get_by_placeholder("搜索编号、名称、型号、地点").fill("绝缘")
    expect(page.locator('[data-asset="BJ01-0001"]')).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="选择全部").click()
    page.get_by_role("button", name="批量修改").click()
    page.locator("dialog").get_by_label("存放地点").fill("实训楼 909")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("dialog td").first).to_contain_text("→ 实训楼 909", timeout=SLOW_MS)
    page.locator("dialog button.main").click()
    moved = page.locator("tr[data-asset] .place", has_text="实训楼 909")
    expect(moved.first).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="撤销").first.click()
    expect(page.get_by_text("已撤销")).to_be_visible(timeout=SLOW_MS)
    expect(moved).to_have_count(0, timeout=SLOW_MS)


def hand_in_a_file_with_a_slip(page: Page, folder: Path) -> None:
    rows = [["asset_number", "item_zh", "status"], ["NEW-1", "万用表", "lost somewhere"]]
    (folder / "r.xlsx").write_bytes(write_rows("r.xlsx", rows))
    page.get_by_role("button", name="导入台账").click()
    page.locator("dialog input[type=file]").set_input_files(folder / "r.xlsx")
    page.locator("dialog button.main").click()
    expect(page.locator("dialog .problems")).to_contain_text("lost somewhere", timeout=SLOW_MS)
    page.get_by_role("button", name="关闭").click()


def test_a_register_is_looked_through_changed_and_given_back(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    with entered(browser, demo, "bj-master") as page:
        page.goto("/register")
        record_a_check_with_its_paper(page, tmp_path)
        change_many_and_undo(page)
        hand_in_a_file_with_a_slip(page, tmp_path)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert fits(page)
