"""The administration is entered by the door of everybody: same limits on trials, same verified address.

The addresses of the accounts are out of it: whoever declares an address « verified » opens the participation of the
person who was invited there, answers included. So are the second factors, the sessions and the identities of the
provider: whoever writes one there enters as somebody else.
"""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# The applications of allauth stand before this one in the settings, so that their registrations are already done.
for model in (EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
