"""Pages of payments, below `/c/<slug>/money/`."""

from __future__ import annotations

from django.urls import path

from .views import adjustments, bank, desk, explanations, months, wallet

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
    path("desk/counts/<int:day>/", desk.count, name="count"),
    path("desk/members/<int:number>/", desk.member, name="member"),
    path("desk/members/<int:number>/move/", desk.move, name="move"),
    path("desk/members/<int:number>/shares/", desk.pay_shares, name="pay_shares"),
    path("bank/", bank.bank, name="bank"),
    path("bank/match/", bank.match, name="match"),
    path("bank/statements/", bank.statements, name="statements"),
    path("bank/lines/<int:line>/", bank.line, name="line"),
    path("bank/matches/<int:match>/", bank.undo, name="undo_match"),
    path("bank/how/<str:place>/", explanations.reconciled, name="explain_reconciled"),
    path("cover/", months.cover, name="cover"),
    path("cover/history.csv", months.cover_csv, name="cover_csv"),
    path("months/", months.months, name="months"),
    path("months/<str:code>/", months.month, name="month"),
    path("months/<str:code>/report/", months.report, name="month_report"),
    path("months/<str:code>/trial-balance.csv", months.trial_balance_csv, name="trial_balance_csv"),
    path("adjustments/", adjustments.adjustments, name="adjustments"),
    path("adjustments/new/", adjustments.propose, name="propose_adjustment"),
    path("adjustments/<int:adjustment>/", adjustments.adjustment, name="adjustment"),
]
