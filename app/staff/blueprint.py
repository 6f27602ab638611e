"""The blueprint of all staff pages, guarded, also against forged forms.

A module of views imports `staff`, and `app.staff.registration` imports the module.
"""

from typing import Any, Final

from flask import Blueprint
from flask_wtf import CSRFProtect

from app.staff.access import guard
from app.staff.navigation import entries_for, index_entries_for
from app.staff.visitor import signed_in
from catalogue.roles import Role

staff: Final = Blueprint("staff", __name__, url_prefix="/staff", template_folder="templates")

# Only here, and not on all that is sent to the application: the API knows no cookies.
csrf: Final = CSRFProtect()

staff.before_request(guard)
staff.before_request(csrf.protect)


@staff.context_processor
def shared_words() -> dict[str, Any]:
    """What every staff page needs."""
    account = signed_in()
    if account is None:
        return {"account": None, "navigation": ()}
    return {
        "account": account,
        "navigation": entries_for(account.role),
        "index_navigation": index_entries_for(account.role),
        "may_edit": account.role.includes(Role.EDITOR),
    }
