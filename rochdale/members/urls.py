"""Pages of members, below `/c/<slug>/members/`."""

from __future__ import annotations

from django.urls import path

from .views import applications, desk, membership, register

app_name = "members"
urlpatterns = [
    path("", membership.membership, name="membership"),
    path("join/", membership.join, name="join"),
    path("shares/buy/", membership.buy_shares, name="buy"),
    path("shares/<str:share_class>/how/", membership.explain_shares, name="explain_shares"),
    path("contact/", membership.change_contact, name="contact"),
    path("act-as/", membership.act_as, name="act_as"),
    path("claim/", membership.claim, name="claim"),
    path("appeal/<int:application>/", membership.appeal, name="appeal"),
    path("register/", register.register, name="register"),
    path("register/register.csv", register.register, name="register_csv"),
    path("applications/", applications.worklist, name="applications"),
    path("applications/<int:application>/", applications.decide, name="application"),
    path("desk/", desk.desk, name="desk"),
    path("desk/register/", desk.register_person, name="desk_register"),
    path("desk/organisation/", desk.register_organisation, name="desk_organisation"),
    path("desk/prove/", desk.prove, name="prove"),
    path("desk/end/", desk.end, name="desk_end"),
    path("<int:number>/", applications.member_page, name="member"),
    path("<int:number>/sheet/", desk.new_sheet, name="new_sheet"),
]
