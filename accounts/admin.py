"""The administration is entered by the door of everybody: same limits on trials, same verified address.

The addresses of the accounts are out of it: whoever declares an address « verified » opens the participation of the
person who was invited there, answers included.
"""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# `allauth.account` stands before this application in the settings, so that its registration is already done.
admin.site.unregister(EmailAddress)
