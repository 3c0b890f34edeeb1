"""How the log-in library (allauth) stores people: phone numbers, one log-in per address, secrets encrypted.

What it sends goes through the outbox: see `rochdale.messages.adapter`, the class that is installed.
"""

from __future__ import annotations

import io
from typing import Any

import qrcode  # type: ignore[import-untyped]  # ships no types
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]  # ships no types

from rochdale.shared import clock, keys

from . import rules
from .models import Person


class ProveEmailIfAny(EmailVerificationStage):  # type: ignore[misc]  # allauth is untyped
    """Ask for proof of the e-mail address only of people who have one: a phone is enough."""

    def handle(self) -> tuple[Any, bool]:
        """Go on without an e-mail address, or send its code."""
        user = self.login.user
        if user is not None and not user.email:
            return None, True
        found: tuple[Any, bool] = super().handle()
        return found


class PeopleAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """People with an e-mail address, a phone number, or both."""

    def get_login_stages(self) -> list[str]:
        """Return the steps of a log-in, with our own in place of the one that insists on e-mail."""
        ours = f"{ProveEmailIfAny.__module__}.{ProveEmailIfAny.__qualname__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def new_user(self, request: HttpRequest) -> Person:
        """Return a person who is not stored yet."""
        return Person(language=get_language() or "en", created_at=clock.now())

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Store a person who has just signed up. The phone number comes first: a log-in needs one address."""
        user.phone = form.cleaned_data.get("phone") or None
        user.email = form.cleaned_data.get("email") or None
        password = form.cleaned_data.get("password1") or ""
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        if commit:
            free_unproven_number(user)
            user.save()
        return user

    def clean_phone(self, phone: str) -> str:
        """Return the number in E.164 form."""
        checked = rules.phone_number(phone)
        if checked is None:
            raise ValidationError(_("Write the number with its country, like +353 86 123 4567."), code="invalid_phone")
        return checked

    def phone_form_field(self, **kwargs: Any) -> Any:
        """Return the field for a phone number."""
        from .forms import PhoneField

        return PhoneField(**kwargs)

    def set_phone(self, user: Person, phone: str, verified: bool) -> None:
        """Store a person's phone number."""
        user.phone, user.phone_verified = phone, verified
        free_unproven_number(user)
        user.save(update_fields=["phone", "phone_verified"])

    def get_phone(self, user: Person) -> tuple[str, bool] | None:
        """Return a person's number and whether it is proven, or None."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: Person, phone: str) -> None:
        """Mark a number as proven: its owner used a code sent there."""
        first = not user.phone_verified
        self.set_phone(user, phone, True)
        if first and self.request is not None:
            forget_password_of_a_stranger(self.request, user)

    def get_user_by_phone(self, phone: str) -> Person | None:
        """Return whose number this is, or None.

        A number that stands unproven beside a proven e-mail address opens nothing: anybody could have
        written it there, and would share the log-in with its owner. Where the number is all there is
        (somebody registered at a desk), its owner proves it by the code.
        """
        checked = rules.phone_number(phone)
        if not checked:
            return None
        sure = Q(phone_verified=True) | Q(email__isnull=True)
        return Person.objects.filter(sure, phone=checked, is_active=True).first()


def free_unproven_number(user: Person) -> None:
    """Take this person's number from whoever wrote it beside their e-mail address and never proved it."""
    if user.phone:
        squatters = Person.objects.filter(phone=user.phone, phone_verified=False, email__isnull=False).exclude(pk=user.pk)
        squatters.update(phone=None)


def forget_password_of_a_stranger(request: HttpRequest, user: Person) -> None:
    """Let no password count that was set before anybody proved the address, when its owner signs in by a code.

    Anybody can sign up with somebody else's address and a password of their own, and wait until the owner
    proves it by signing in. Who signs up and proves it in one go keeps their password.
    """
    match = request.resolver_match
    if match is None or match.url_name != "account_confirm_login_code" or not user.has_usable_password():
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])


SECOND_FACTOR = "second factor"
"""What the secrets of second factors are sealed for."""


class SecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Second factors, their secrets encrypted with the host's key."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return keys.seal_secret(text.encode(), purpose=SECOND_FACTOR).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it is used."""
        return keys.open_secret(bytes.fromhex(encrypted_text), purpose=SECOND_FACTOR).decode()

    def build_totp_svg(self, url: str) -> str:
        """Return the picture that an authenticator app reads, dark on light in any colour scheme."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage, box_size=14).save(picture)
        return picture.getvalue().decode().partition("?>")[2]

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return what a passkey says it is for: this host."""
        return {"id": self.request.get_host().partition(":")[0], "name": "Rochdale"}

    def generate_authenticator_name(self, user: Person, type: Any) -> str:  # the library's own argument name
        """Return a first name for a new passkey."""
        return str(_("My passkey"))
