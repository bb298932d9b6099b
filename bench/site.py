"""Pages and reads of the site, on the base of the demonstration."""

from collections.abc import Callable
from itertools import cycle

from django.test import Client
from django.urls import reverse

from authorities.enums import Role
from authorities.models import Authority, Membership
from reference.models import Territory
from reference.selectors import search_territories

# What people type: a name, the start of one, several words, accents left out, codes.
QUERIES = (
    "Thonon",
    "thonon agglo",
    "Saint-Étienne",
    "st etienne",
    "Le",
    "communauté de communes du",
    "Métropole de Lyon",
    "villeneuve",
    "L’Haÿ-les-Roses",
    "200067551",
    "74281",
    "xyzzy",
)
MINIMUM_TERRITORIES = 35_000


def demonstration_authority() -> Authority:
    """Return the authority of the demonstration whose path is finished."""
    return Authority.objects.get(is_demonstration=True, name="Thonon Agglomération")


def demonstration_client() -> Client:
    """Return the browser of the référent of that authority."""
    memberships = Membership.objects.filter(authority=demonstration_authority())
    client = Client()
    client.force_login(next(item for item in memberships if Role.REFERENT in item.role_set).user)
    return client


def prepare_territory_search() -> Callable[[], object]:
    """Return one search; each call takes the next query."""
    count = Territory.objects.count()
    if count < MINIMUM_TERRITORIES:
        raise ValueError(f"the national list holds {count} territories only")
    queries = cycle(QUERIES)
    return lambda: search_territories(next(queries))


def prepare_dashboard() -> Callable[[], object]:
    """Return the request of the référent for the dashboard, checked."""
    authority = demonstration_authority()
    client = demonstration_client()
    url = reverse("roadmap:dashboard", args=[authority.slug])

    def request() -> None:
        response = client.get(url)
        if response.status_code != 200:
            raise ValueError(f"the dashboard answered {response.status_code}")

    return request
