"""The page of a station's rooms and workstations."""

from dashboard import listings_keeping
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import open_station
from dashboard.trouble import last_known


def show(client: ApiClient, frame: Frame) -> None:
    """Show them; the component asks by itself."""
    station = open_station(client, frame, "page.places")
    if station is None:
        return
    stations = last_known("stations", client.stations).value
    data = listings_keeping.places_data(station, stations, frame.me, lang=frame.lang)
    frame.follow(mounting.mount(mounting.PLACES, "places", data))
