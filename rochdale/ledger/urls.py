"""Pages of the ledger, below `/c/<slug>/ledger/`."""

from __future__ import annotations

from django.urls import path

from . import views, views_import

app_name = "ledger"
urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("import/", views_import.bring_books, name="bring_books"),
    path("trial-balance.csv", views.trial_balance_csv, name="trial_balance_csv"),
    path("accounts/<int:account>/", views.statement, name="statement"),
    path("accounts/<int:account>/statement.csv", views.statement_csv, name="statement_csv"),
    path("postings/<int:posting>/", views.posting, name="posting"),
    path("postings/<int:posting>/proof.json", views.proof, name="proof"),
]
