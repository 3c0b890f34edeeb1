"""Pages of members, below `/c/<slug>/members/`."""

from __future__ import annotations

from django.urls import path

from .views import applications, copies, desk, entries, membership, register, share_desk, shares

app_name = "members"
urlpatterns = [
    path("", membership.membership, name="membership"),
    path("join/", membership.join, name="join"),
    path("shares/", shares.shares, name="shares"),
    path("shares/transfer/", shares.transfer, name="transfer"),
    path("shares/ask-back/", shares.ask_buy_back, name="ask_buy_back"),
    path("shares/wishes/<int:wish>/take-back/", shares.take_back, name="take_back"),
    path("shares/certificate/", shares.issue, name="issue_certificate"),
    path("shares/certificate/<int:number>.pdf", shares.certificate, name="certificate"),
    path("shares/check/", shares.check_certificate, name="check_certificate"),
    path("shares/desk/", share_desk.desk, name="share_desk"),
    path("shares/desk/transfers/<int:wish>/", share_desk.decide_transfer, name="decide_transfer"),
    path("shares/desk/inheritances/<int:wish>/", share_desk.settle_inheritance, name="settle_inheritance"),
    path("shares/desk/rounds/", share_desk.prepare_round, name="prepare_round"),
    path("shares/desk/rounds/<int:number>/release/", share_desk.release_round, name="release_round"),
    path("shares/desk/rounds/<int:number>/drop/", share_desk.drop_round, name="drop_round"),
    path("shares/buy/", membership.buy_shares, name="buy"),
    path("shares/<str:share_class>/how/", membership.explain_shares, name="explain_shares"),
    path("contact/", membership.change_contact, name="contact"),
    path("act-as/", membership.act_as, name="act_as"),
    path("claim/", membership.claim, name="claim"),
    path("appeal/<int:application>/", membership.appeal, name="appeal"),
    path("register/", register.register, name="register"),
    path("register/register.csv", register.register, name="register_csv"),
    path("register/copies/", copies.copies, name="copies"),
    path("register/copies/make/", copies.make_copy, name="make_copy"),
    path("register/copies/<int:number>.<str:kind>", copies.copy, name="copy"),
    path("register/copies/asked/<int:wish>/", copies.answer_copy, name="answer_copy"),
    path("register/ask/", copies.ask_copy, name="ask_copy"),
    path("register/mine/", copies.my_copies, name="my_copies"),
    path("applications/", applications.worklist, name="applications"),
    path("applications/<int:application>/", applications.decide, name="application"),
    path("desk/", desk.desk, name="desk"),
    path("desk/register/", desk.register_person, name="desk_register"),
    path("desk/organisation/", desk.register_organisation, name="desk_organisation"),
    path("desk/prove/", desk.prove, name="prove"),
    path("desk/end/", desk.end, name="desk_end"),
    path("<int:number>/", applications.member_page, name="member"),
    path("<int:number>/shares/", entries.member_shares, name="member_shares"),
    path("<int:number>/shares/<int:movement>/correct/", entries.correct, name="correct"),
    path("<int:number>/shares/enter/", entries.enter_subscription, name="enter_subscription"),
    path("<int:number>/shares/pay/", entries.enter_payment, name="enter_payment"),
    path("<int:number>/shares/inherit/", entries.inheritance, name="inheritance"),
    path("<int:number>/shares/convert/", entries.convert, name="convert"),
    path("<int:number>/register/", entries.register_entry, name="register_entry"),
    path("<int:number>/class/", entries.add_class, name="add_class"),
    path("<int:number>/acts/<str:representative>/end/", entries.end_representation, name="end_representation"),
    path("<int:number>/sheet/", desk.new_sheet, name="new_sheet"),
]
