"""Pages of payments, below `/c/<slug>/money/`."""

from __future__ import annotations

from django.urls import path

from .views import desk, explanations, wallet

app_name = "payments"
urlpatterns = [
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/statement.csv", wallet.wallet_csv, name="wallet_csv"),
    path("wallet/how/", wallet.explain_balance, name="explain_balance"),
    path("receipts/<int:receipt>/", desk.receipt, name="receipt"),
    path("desk/", desk.desk, name="desk"),
    path("desk/how/<str:what>/", explanations.figure, name="explain_figure"),
    path("desk/day/", desk.day, name="day"),
    path("desk/cash/", desk.move_cash, name="move_cash"),
    path("desk/approvals/", desk.approvals, name="approvals"),
    path("desk/approvals/<int:approval>/", desk.approval, name="approval"),
    path("desk/members/<int:number>/", desk.member, name="member"),
    path("desk/members/<int:number>/move/", desk.move, name="move"),
    path("desk/members/<int:number>/shares/", desk.pay_shares, name="pay_shares"),
]
