"""The phone page in a real browser, on a server that goes away and comes back."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from sqlmodel import col, select

from inventory.documents.table import Document, DocumentAttachment
from inventory.stocktakes.table import StocktakeScan
from tests.asgi_server import AsgiServer
from tests.databases import Databases
from tests.rig import POSIX_ONLY
from tests.schools import PASSWORD, WRITES, Schools, schools
from tests.stocktake_steps import furnish_registers, started

CHROMIUM = Path("/usr/bin/chromium")
FRAME = (640, 480)
PATIENCE_MS = 20_000
pytestmark = POSIX_ONLY


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[Schools]:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        furnish_registers(built)
        yield built


@pytest.fixture
def server(house: Schools) -> Iterator[AsgiServer]:
    running = AsgiServer(house.app)
    yield running
    running.stop()


def label(house: Schools, asset: str) -> Image.Image:
    """The printed label as a camera sees it; its address is one the server had before."""
    client = house.client("bj-master")
    order = {"station": "BJ01-T", "asset_numbers": [asset], "sheet": "roll62"}
    made = client.post("/api/v1/labels", json=order, headers=WRITES)
    assert made.status_code == 200, made.text
    page = pypdfium2.PdfDocument(BytesIO(made.content))[0]
    seen = Image.new("RGB", FRAME, "white")
    # the code lies at the left of a label of 29 mm, here about 9 pixels to a millimetre
    seen.paste(page.render(scale=3.2).to_pil(), (190, 109))
    return seen


def video(picture: Image.Image, path: Path) -> None:
    """One still frame as Chromium's made-up camera takes it."""
    light, blue, red = picture.convert("YCbCr").split()
    half = (FRAME[0] // 2, FRAME[1] // 2)
    head = f"YUV4MPEG2 W{FRAME[0]} H{FRAME[1]} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode()
    planes = (light, blue.resize(half), red.resize(half))
    path.write_bytes(head + b"".join(plane.tobytes() for plane in planes))


@pytest.fixture
def browser(house: Schools, tmp_path: Path) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    video(label(house, "A-1"), tmp_path / "camera.y4m")
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'camera.y4m'}",
    ]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *camera])
        yield found
        found.close()


def waiting(page: Page, number: int) -> None:
    # the camera needs a second to start, and many on a busy machine
    sync = page.locator(".sync p").first
    expect(sync).to_have_attribute("data-waiting", str(number), timeout=PATIENCE_MS)


def lose_one_answer(page: Page) -> Callable[[], int]:
    """The server hears the first scans and its answer never arrives; tells how often it heard."""
    heard: list[int] = []

    def lose(route: Route) -> None:
        if not (route.request.post_data_json or {}).get("scans"):
            route.continue_()
            return
        heard.append(1)
        answer = route.fetch()
        assert answer.ok
        if len(heard) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/scans", lose)
    return lambda: len(heard)


@pytest.fixture
def page(server: AsgiServer, browser: Browser, house: Schools) -> Iterator[Page]:
    """A phone whose owner has logged in and opened the stocktake once."""
    started(house)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=server.url, permissions=["camera"]
    )
    context.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/stocktake/1")
    page.locator("form.login input").first.fill("bj-teacher")
    page.locator("form.login input[type=password]").fill(PASSWORD)
    page.locator("form.login button").click()
    waiting(page, 0)
    expect(page.locator(".rows li")).to_have_count(3)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    yield page
    context.close()
    assert wrong == []


def scan_by_camera(page: Page) -> None:
    page.get_by_role("button", name="打开摄像头").click()
    waiting(page, 1)
    expect(page.locator("video")).to_have_css("opacity", "1")
    shown = page.locator("video").bounding_box()
    assert shown is not None
    assert shown["height"] > 200, "one sees what the camera sees"
    page.get_by_role("button", name="关闭摄像头").click()
    expect(page.locator(".last-card")).to_contain_text("绝缘电阻测试仪")


def type_with_a_photo(page: Page, photo: Path) -> None:
    page.locator("input[name=code]").fill("A-2")
    page.get_by_role("button", name="计入").click()
    waiting(page, 2)
    page.locator(".last summary").click()
    page.locator("textarea[name=note]").first.fill("铭牌看不清")
    page.locator("input[name=photo]").set_input_files(photo)
    page.get_by_role("button", name="保存补充").click()
    waiting(page, 3)


def test_what_is_scanned_without_a_network_arrives_exactly_once(
    house: Schools, server: AsgiServer, page: Page, tmp_path: Path
) -> None:
    photo = tmp_path / "nameplate.png"
    Image.new("RGB", (3000, 2000), "grey").save(photo)
    server.stop()
    page.locator("select[name=room]").select_option("101")
    scan_by_camera(page)
    type_with_a_photo(page, photo)
    page.reload()
    waiting(page, 3)
    expect(page.locator("[data-result=found] strong")).to_have_text("2")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "nothing makes the page scroll sideways"

    heard = lose_one_answer(page)
    server.start()
    page.get_by_role("button", name="立即发送").click()
    sync = page.locator(".sync p").first
    expect(sync).to_have_attribute("data-state", "idle", timeout=PATIENCE_MS)
    waiting(page, 0)
    assert heard() == 2, "the one whose answer was lost, and once more"

    with house.database.read() as db:
        scans = db.exec(select(StocktakeScan).order_by(col(StocktakeScan.scanned_at))).all()
        kept = db.exec(select(Document)).one()
        attached = db.exec(select(DocumentAttachment)).one()
    places = [(one.asset_number, one.location) for one in scans]
    assert places == [("A-1", "101"), ("A-2", "101"), ("A-2", "101")]
    assert (scans[2].note, scans[2].document_ids) == ("铭牌看不清", [kept.id])
    assert (attached.document_id, attached.entity_id) == (kept.id, "1")
    assert kept.size_bytes < 200_000, "photos are made smaller before they are sent"
