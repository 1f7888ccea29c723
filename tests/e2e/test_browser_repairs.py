"""What is broken is told by a stranger and mended by its school; counts are followed at a desk."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import DESKTOP, PHONE, SLOW_MS, entered
from tests.e2e.conftest import Demo

BENCH = "gateway-02"
TROUBLE = "终端电阻插座松脱"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180cfb1a3220000000049454e44ae426082"
)


def make_a_code(page: Page, folder: Path) -> str:
    page.goto("/repairs?tab=codes")
    row = page.locator(f'[data-code="{BENCH}"]')
    row.get_by_role("button", name="生成报修码").click()
    address = row.locator("a").get_attribute("href")
    row.get_by_role("checkbox").check()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="下载 1 个标签（PDF）").click()
    fetched.value.save_as(folder / "labels.pdf")
    assert (folder / "labels.pdf").read_bytes().startswith(b"%PDF")
    assert address is not None
    return address


def report(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#text").fill(TROUBLE)
    photo = {"name": "a.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("#photo").set_input_files(photo)  # type: ignore[arg-type]
    page.locator("form button").first.click()
    expect(page.locator("main")).to_contain_text("报修已收到")


def take_it_in(page: Page) -> None:
    page.get_by_role("button", name="工单", exact=True).click()
    # it comes by itself
    card = page.locator('[data-column="reported"] .card').filter(has_text=TROUBLE)
    expect(card).to_contain_text("扫码报修", timeout=SLOW_MS)
    card.click()
    panel = page.locator("dialog.panel")
    expect(panel.locator("img.photo")).to_have_js_property("naturalWidth", 1, timeout=SLOW_MS)
    panel.get_by_label("修好前停用").check()
    panel.get_by_role("button", name="受理", exact=True).click()
    expect(panel.locator(".verdict")).to_contain_text("停用")
    panel.get_by_label("责任人").select_option("gx-master")
    panel.get_by_role("button", name="保存").click()
    expect(panel.locator(".verdict")).to_contain_text("责任人 gx-master")


def end_the_code(page: Page) -> None:
    page.goto("/repairs?tab=codes")
    row = page.locator(f'[data-code="{BENCH}"]')
    row.get_by_role("button", name="停用").click()
    row.get_by_role("button", name="确认停用？标签失效").click()
    expect(row).to_contain_text("没有报修码", timeout=SLOW_MS)


def mend_it(page: Page, address: str) -> None:
    page.goto(f"{address}&lang=en")
    panel = page.locator("dialog.panel")
    panel.get_by_role("button", name="Done").click()
    expect(panel.get_by_role("alert")).to_contain_text("Say it in words")
    panel.get_by_label("What was done, or a comment").fill("换了插座")
    panel.get_by_role("button", name="Done").click()
    expect(panel.locator(".history")).to_contain_text("换了插座")
    expect(panel.get_by_role("button", name="Reopen")).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    done = page.locator('[data-column="finished"] .card').first
    expect(done).to_contain_text(TROUBLE, timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_stranger_reports_a_bench_and_its_school_mends_it(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    with (
        entered(browser, demo, "gx-master", DESKTOP) as page,
        entered(browser, demo, None, PHONE) as stranger,
    ):
        address = make_a_code(page, tmp_path)
        report(stranger, address)
        take_it_in(page)
        order = page.url
        end_the_code(page)
        stranger.goto(address)
        expect(stranger.locator("main")).to_contain_text("失效")
    with entered(browser, demo, "gx-master", PHONE) as page:
        mend_it(page, order)


def test_an_evaluator_reads_the_board_and_changes_nothing(browser: Browser, demo: Demo) -> None:
    with entered(browser, demo, "evaluator", DESKTOP) as page:
        page.goto("/repairs?whose=overdue")
        card = page.locator(".card").filter(has_text="急停按钮")
        expect(card).to_contain_text("逾期", timeout=SLOW_MS)
        expect(page.get_by_role("button", name="报修")).to_have_count(0)
        card.click()
        expect(page.locator("dialog.panel .history")).to_contain_text("指派", timeout=SLOW_MS)
        expect(page.locator("dialog.panel [data-step]")).to_have_count(0)


def test_a_desk_follows_a_stocktake_while_a_phone_counts(browser: Browser, demo: Demo) -> None:
    with entered(browser, demo, "gx-master", PHONE) as page:
        page.goto("/stocktakes?lang=en")
        card = page.locator(".card").filter(has_text="期中抽查")
        expect(card).to_contain_text("64 of 221 seen", timeout=SLOW_MS)
        card.click()
        panel = page.locator("dialog.panel")
        code = panel.locator("img.qr")
        expect(code).to_have_js_property("complete", True, timeout=SLOW_MS)
        assert code.evaluate("node => node.naturalWidth") > 0
        number = page.url.split("stocktake=")[1].split("&")[0]
        path = f"/api/v1/stocktakes/{number}"
        sheet = page.request.get(f"{path}/sheet").json()
        asset = next(one for one in sheet["rows"] if one["result"] == "expected")["asset_number"]
        scan = {"client_id": "desk-test-1", "scanned_at": "2026-12-01T08:00:00Z", "code": asset}
        sent = {"device_id": "desk-test-phone", "scans": [scan]}
        answer = page.request.post(f"{path}/scans", data=sent, headers={"X-Stationmaster": "1"})
        assert answer.json()["scans"][0]["outcome"] == "recorded"
        expect(panel.locator(".verdict")).to_contain_text("65 of 221 seen", timeout=SLOW_MS)
        panel.get_by_role("button", name="Unknown 1").click()
        expect(panel).to_contain_text("柜子最下层")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
