"""Which co-op a statement reaches, and that none is the answer when nobody said."""

from __future__ import annotations

from django.db import connection

from rochdale.shared import coops


def where():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_user::text")
        return cursor.fetchone()


def test_inside_a_co_op_path_and_role_are_its_own(coop):
    assert where() == ('"coop_alpha", "public"', "coop_alpha")


def test_a_second_co_op_in_the_same_transaction_and_back(coop, second_coop):
    with coops.inside(second_coop.schema_name):
        assert where()[1] == "coop_beta"
    assert where()[1] == "coop_alpha"
    with coops.public():
        assert where() == ('"public"', "rochdale_app")


def test_a_database_of_ones_own(own_database):
    with coops.inside(own_database.coop.schema_name):
        assert where()[1] == "coop_alpha"
