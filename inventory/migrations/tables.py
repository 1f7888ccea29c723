"""Every table of the inventory, so that migrations and tests see them all."""

from inventory.accounts import table as accounts
from inventory.agreements import table as agreements
from inventory.alerts import table as alerts
from inventory.annual_reports import table as annual_reports
from inventory.audit import table as audit
from inventory.benches import table as benches
from inventory.booking_policies import table as booking_policies
from inventory.bookings import table as bookings
from inventory.bulk_edits import table as bulk_edits
from inventory.calendar_feeds import table as calendar_feeds
from inventory.conditions import table as conditions
from inventory.consumables import table as consumables
from inventory.data_health import table as data_health
from inventory.database import METADATA
from inventory.documents import table as documents
from inventory.due import table as due
from inventory.equipment import table as equipment
from inventory.faults import table as faults
from inventory.income import table as income
from inventory.labels import table as labels
from inventory.monitoring import table as monitoring
from inventory.notifications import table as notifications
from inventory.organisations import table as organisations
from inventory.papers import table as papers
from inventory.places import table as places
from inventory.proofs import table as proofs
from inventory.rectifications import table as rectifications
from inventory.report_links import table as report_links
from inventory.requirements import table as requirements
from inventory.reviews import table as reviews
from inventory.rig_truth import table as rig_truth
from inventory.school_calendar import table as school_calendar
from inventory.sharing import table as sharing
from inventory.staff import table as staff
from inventory.stations import table as stations
from inventory.stocktakes import table as stocktakes
from inventory.timetables import table as timetables
from inventory.unbooked_use import table as unbooked_use
from inventory.usage_sessions import table as usage_sessions
from inventory.utilisation import table as utilisation
from inventory.work_orders import table as work_orders

__all__ = [
    "METADATA",
    "accounts",
    "agreements",
    "alerts",
    "annual_reports",
    "audit",
    "benches",
    "booking_policies",
    "bookings",
    "bulk_edits",
    "calendar_feeds",
    "conditions",
    "consumables",
    "data_health",
    "documents",
    "due",
    "equipment",
    "faults",
    "income",
    "labels",
    "monitoring",
    "notifications",
    "organisations",
    "papers",
    "places",
    "proofs",
    "rectifications",
    "report_links",
    "requirements",
    "reviews",
    "rig_truth",
    "school_calendar",
    "sharing",
    "staff",
    "stations",
    "stocktakes",
    "timetables",
    "unbooked_use",
    "usage_sessions",
    "utilisation",
    "work_orders",
]
