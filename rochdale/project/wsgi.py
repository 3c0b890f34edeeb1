"""What the web server calls. It holds the embedded database for as long as this process lives."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from rochdale.project import parents
from rochdale.shared.postgres import migrations, setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
# a worker of granian leaves without Python's own good-byes, so an orphan lets go of the database first
parents.end_with_parent(first=setup.let_go)
setup.hold()
application = get_wsgi_application()
migrations.running()  # what this process was written for, before anybody changes the files
