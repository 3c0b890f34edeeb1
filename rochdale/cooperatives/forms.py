"""Forms for signing up: an e-mail address, a phone number, or both."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PhoneField as LibraryPhoneField
from allauth.account.forms import AddEmailForm as LibraryAddEmailForm
from allauth.account.forms import LoginForm as LibraryLoginForm
from allauth.account.forms import RequestLoginCodeForm as LibraryRequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as LibraryResetPasswordForm
from allauth.account.forms import SignupForm as LibrarySignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as LibraryPasskeyForm
from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules


class PhoneField(LibraryPhoneField):  # type: ignore[misc]  # allauth is untyped
    """A phone number with its country, read as people write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("With the country, like +353 86 123 4567."))
        kwargs["validators"] = []
        super().__init__(*args, **kwargs)
        self.widget.attrs["inputmode"] = "tel"
        self.widget.attrs.pop("placeholder", None)

    def to_python(self, value: Any) -> str:
        """Return the number in E.164 form, or what was typed where it is none."""
        text = str(value or "").strip()
        return rules.phone_number(text) or text


class LoginForm(LibraryLoginForm):  # type: ignore[misc]  # allauth is untyped
    """Sign in by password, with either address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address or phone number")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        _no_placeholders(self)


class AddEmailForm(LibraryAddEmailForm):  # type: ignore[misc]  # allauth is untyped
    """Change one's e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ResetPasswordForm(LibraryResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """Ask for a code with which one chooses a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class RequestLoginCodeForm(LibraryRequestLoginCodeForm):  # type: ignore[misc]  # allauth is untyped
    """Ask for a code that signs in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class SignupForm(LibrarySignupForm):  # type: ignore[misc]  # allauth is untyped
    """Sign up by e-mail address or by phone; a password is optional, because a code does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"email_required": False, **kwargs})
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.is_required = False
        if "password1" in self.fields:
            self.fields["password1"].required = False
            self.fields["password1"].label = _("Password")
            self.fields["password1"].help_text = _("Without a password we send you a code each time you sign in.")

        self.fields["phone"].label = _("Phone number")
        _no_placeholders(self)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two addresses."""
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise forms.ValidationError(_("Give an e-mail address or a phone number, so that we can reach you."))
        return cleaned


class PasskeyForm(LibraryPasskeyForm):  # type: ignore[misc]  # allauth is untyped
    """Add a passkey, by default one that signs in alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("Sign in with it alone")
            self.fields["passwordless"].help_text = _(
                "Then you need neither a code nor a password. Without this it is a second factor only."
            )
            self.fields["passwordless"].initial = True


def _no_placeholders(form: forms.Form) -> None:
    """Take away texts inside fields: they vanish when one types, and labels say it already."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
