"""A school makes a paper, hands it in as Word, and somebody else checks it by its code."""

from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from inventory.requirements.writing import write_rows
from tests.e2e.conftest import Demo

CHROMIUM = Path("/usr/bin/chromium")
SLOW_MS = 30_000
BATCHES = [
    ["批次", "证书名称", "覆盖专业", "等级", "已培训", "已考核", "获证", "面向社会培训"],
    ["一批", "智能新能源汽车", "新能源汽车技术", "初、中级", "60", "58", "41", "12"],
    ["二批", "智能新能源汽车", "新能源汽车技术", "高级", "17", "17", "17", "5"],
    ["合计", "", "", "", "77", "75", "58", "93"],
]


def make_and_fetch(page: Page, folder: Path) -> str:
    page.get_by_label("种类").select_option("self_check")
    page.get_by_label("站点").select_option("BJ01-E")
    page.get_by_role("button", name="生成文件").click()
    code = page.get_by_text("✓ 已生成，验证码").inner_text().split("验证码")[1].strip(" 。")
    row = page.locator(f'[data-paper="{code.replace("-", "")}"]')
    with page.expect_download() as fetched:
        row.get_by_role("link", name="Word").click()
    fetched.value.save_as(folder / "paper.docx")
    footer = docx.Document(str(folder / "paper.docx")).sections[0].footer
    assert f"验证码 {code}" in footer.paragraphs[0].text
    return code


def test_a_paper_is_made_handed_in_and_checked(demo: Demo, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    (tmp_path / "b.xlsx").write_bytes(write_rows("b.xlsx", BATCHES))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        base = str(demo.facts["base_url"])
        school = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=base)
        school.set_default_timeout(SLOW_MS)
        login = {"username": "bj-master", "password": demo.password("bj-master")}
        assert school.request.post("/api/v1/login", data=login).ok
        wrong: list[str] = []
        page = school.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto("/papers")
        code = make_and_fetch(page, tmp_path)
        page.get_by_role("button", name="年度报告").click()
        page.set_input_files("input[type=file]", tmp_path / "b.xlsx")
        told = page.get_by_text("✕ 文件中“面向社会培训”合计为 93，各行之和为 17")
        expect(told).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("tfoot")).to_contain_text("17", timeout=SLOW_MS)
        stranger = browser.new_context(viewport={"width": 390, "height": 844}, base_url=base)
        phone = stranger.new_page()
        phone.goto("/verify")
        phone.get_by_label("请输入页脚的验证码").fill(code.lower())
        phone.get_by_role("button", name="查验").click()
        expect(phone.get_by_text("系统中有此文件，内容未被改动")).to_be_visible()
        expect(phone.get_by_text("BJ01-E")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
        assert wrong == []
