"""What kinds of organisation there are."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is in the certificate scheme."""

    SCHOOL = "school"
    EVALUATION_ORGANISATION = "evaluation_organisation"
    AUTHORITY = "authority"
    COMPANY = "company"
