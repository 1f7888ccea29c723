"""A school's way from somebody else's list to a task that is done, as its people go it."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import Demo
from tests.rig import POSIX_ONLY

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
VERSION = "GX02-试用清单"
LOADS_WITHIN_MS = 30_000
pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]


def mangled() -> bytes:
    """A list as it is sent around: title, merged cells, group headings, a header nobody knows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "模块2-1"
    rows: list[list[object]] = [
        ["附件1：设备与工具清单"],
        ["序号", "设备类别", "器材", "技术参数及要求", "数量（套）", "等级", "备注"],
        ["一、安全防护"],
        [1, "防护", "绝缘手套", "进口橡胶", "２", "初、中级", "每人一双"],
        [2, None, "护目镜", "防冲击", "两", "初级", None],
        [3, "仪表", "诊断工作站", "1）可联网；2）CAT III 1000V", "≥2", "初级", "=1+1"],
        ["合计", None, None, None, 6],
    ]
    for row in rows:
        sheet.append(row)
    for area in ("A1:G1", "A3:G3", "B4:B5"):
        sheet.merge_cells(area)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextlib.contextmanager
def entered(
    browser: Browser, demo: Demo, username: str, size: dict[str, int] = DESKTOP
) -> Iterator[Page]:
    """The page as somebody sees it; an error of a script fails the test."""
    context = browser.new_context(viewport=size, base_url=demo.facts["base_url"])  # type: ignore[arg-type]
    context.set_default_timeout(LOADS_WITHIN_MS)
    login = {"username": username, "password": demo.password(username)}
    assert context.request.post("/api/v1/login", data=login).ok
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def import_the_list(page: Page) -> None:
    page.goto("/lists")
    page.get_by_role("button", name="导入清单").click()
    upload = {"name": "试用.xlsx", "mimeType": "application/octet-stream", "buffer": mangled()}
    page.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    sheet = page.locator('section[data-sheet="模块2-1"]')
    # no header says what is listed: a person does
    sheet.locator("input[type=number]").fill("2")
    sheet.locator("input[type=number]").press("Tab")
    page.get_by_label("“器材”对应到").select_option("item_zh")
    expect(page.get_by_label("“技术参数及要求”对应到")).to_have_value("technical_parameters")
    for source in ("authority_item", "authority_parameters", "authority_quantity"):
        sheet.locator(f"[data-constant={source}]").select_option("evaluation_org_document")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.locator(".counts")).to_contain_text("可导入 3 项要求", timeout=LOADS_WITHIN_MS)
    expect(page.locator(".counts")).to_contain_text("3 段参数文字需人工确认")
    page.get_by_label("版本名称").fill(VERSION)
    # not before all other tests of the one demo are over
    page.get_by_label("有效期自").fill("2090-01-01")
    page.get_by_role("button", name="导入", exact=True).click()


def settle_three_texts(page: Page) -> None:
    expect(page.locator("[data-piece]")).to_have_count(3, timeout=LOADS_WITHIN_MS)
    for text in ("防冲击", "可联网"):
        one = page.locator(f'[data-piece="{text}"]')
        one.locator("[data-field=kind]").select_option("flag")
        one.locator("[data-field=name]").fill(text)
        expect(one.locator("output")).to_have_text(f"将按此判断：{text} = true")
        one.get_by_role("button", name="确认").click()
        expect(one).to_have_count(0)
    page.locator('[data-piece="进口橡胶"]').get_by_label("不作要求").check()
    page.locator('[data-piece="进口橡胶"]').get_by_role("button", name="确认").click()
    expect(page.locator("[role=status]")).to_contain_text("还剩 0 段")


def make_a_task(page: Page) -> None:
    page.get_by_role("link", name="按此清单自查").click()
    page.locator('tr[data-row="2-1-003"] button[data-status]').first.click()
    panel = page.locator("dialog.panel")
    expect(panel.locator("[data-part=least]")).to_contain_text(
        "购置或借入 2", timeout=LOADS_WITHIN_MS
    )
    panel.get_by_role("button", name="转为整改").click()
    expect(panel.locator(".chip.task")).to_have_text("→ 待处理")
    expect(panel.get_by_role("button", name="转为整改")).to_have_count(0)
    panel.get_by_role("link", name="打开整改单").click()


def test_a_school_takes_a_foreign_list_settles_it_and_hands_its_gap_in_as_done(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "gx-master") as page:
        import_the_list(page)
        settle_three_texts(page)
        make_a_task(page)
        panel = page.locator("dialog.panel")
        expect(panel.locator("h2")).to_have_text("诊断工作站", timeout=LOADS_WITHIN_MS)
        panel.get_by_label("责任人").select_option("gx-master")
        panel.get_by_label("期限").fill("2026-01-31")
        panel.get_by_role("button", name="保存").click()
        expect(panel.locator(".late")).to_contain_text("逾期")
        panel.get_by_label("说明或意见").fill("已购置两台")
        evidence = {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
        panel.locator("input[type=file]").set_input_files(evidence)  # type: ignore[arg-type]
        panel.get_by_role("button", name="提交验收").click()
        expect(panel.locator(".history")).to_contain_text("发票.pdf")
        # nobody accepts their own work
        expect(panel.get_by_role("button", name="退回")).to_be_visible()
        expect(panel.get_by_role("button", name="验收通过")).to_have_count(0)
        address = page.url
    with entered(browser, demo, "evaluator", PHONE) as page:
        page.goto(f"{address}&lang=en")
        panel = page.locator("dialog.panel")
        panel.get_by_role("button", name="Return").click()
        expect(panel.get_by_role("alert")).to_contain_text("Say it in words")
        panel.get_by_label("What was done, or a comment").fill("发票看不清")
        panel.get_by_role("button", name="Return").click()
        expect(panel.locator(".verdict")).to_contain_text("Returned")
        panel.get_by_role("button", name="Close").click()
        card = page.locator('[data-column="todo"] .card').filter(has_text="诊断工作站")
        expect(card).to_contain_text("overdue")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_gap_matrix_is_filtered_by_its_address_and_fits_a_phone(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "evaluator", PHONE) as page:
        page.goto("/gaps?station=GX02-T&show=not_ready&lang=en")
        card = page.locator('article[data-row="C2-4-024"]')
        expect(card).to_be_visible(timeout=LOADS_WITHIN_MS)
        expect(page.locator("article[data-row]")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        card.locator("button[data-status=not_ready]").first.click()
        panel = page.locator("dialog.panel")
        expect(panel.locator("[data-part=served]")).to_contain_text(
            "No equipment counts.", timeout=LOADS_WITHIN_MS
        )
        # an evaluator looks at it, the school makes it a task
        expect(panel.get_by_role("button", name="Make it a task")).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_label("Search row, item, category").fill("nothing of that name")
        expect(page.locator(".empty")).to_contain_text("No row fits these filters.")
        page.get_by_role("button", name="Clear filters").click()
        expect(page.locator("article[data-row]").nth(3)).to_be_visible()
        page.wait_for_url(lambda url: "show" not in url)
