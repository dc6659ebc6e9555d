"""django-oauth-toolkit, an OpenID provider that nobody here wrote, as an application of Django's in one file.

Started as a program it makes its database in the current folder, with whom settings.json names, and serves.
"""

import json
import pathlib
import sys

DATABASE = "django.sqlite"
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"]
LOGIN = """<!doctype html><title>Sign in</title>
<form method="post">{% csrf_token %}{{ form }}<input type="hidden" name="next" value="{{ next }}"></form>"""


def configure(given):
    from django.conf import settings

    settings.configure(
        SECRET_KEY="of this test", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Tables as they are now, without the way there.
        INSTALLED_APPS=APPS, MIGRATION_MODULES={name.rpartition(".")[2]: None for name in APPS},
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware"],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [
                ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN}),
                "django.template.loaders.app_directories.Loader"]},
        }],
        LOGIN_URL="/login/",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True, "OIDC_ISS_ENDPOINT": given["issuer"], "OIDC_RSA_PRIVATE_KEY": given["key"],
            "OIDC_RSA_PRIVATE_KEYS_INACTIVE": given["former_keys"], "PKCE_REQUIRED": True,
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True, "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
            "SCOPES": {"openid": "Who you are", "profile": "Your name", "email": "Your address"},
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Claims",
        })


def make_everything(given):
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    if pathlib.Path(DATABASE).exists():
        return
    call_command("migrate", verbosity=0, run_syncdb=True)
    Application.objects.create(
        name="Broker", client_id=given["client_id"], client_secret=given["client_secret"], redirect_uris=given["callback"],
        post_logout_redirect_uris=given["signed_out"],
        client_type="confidential", authorization_grant_type="authorization-code", algorithm="RS256",
        skip_authorization=True)
    editors = Group.objects.create(name="editors")
    for name, password in given["users"].items():
        user = User.objects.create_user(name, f"{name}@corp.example", password, first_name=name.title())
        user.groups.add(editors)


def __getattr__(name):
    """Modules of Django's that can be loaded only once it is configured."""
    if name == "Claims":
        from oauth2_provider.oauth2_validators import OAuth2Validator

        class Claims(OAuth2Validator):
            oidc_claim_scope = None

            def get_additional_claims(self, request):
                user = request.user
                return {
                    "preferred_username": user.username, "name": user.first_name, "email": user.email,
                    "groups": [group.name for group in user.groups.all()],
                }
        return Claims
    if name == "urlpatterns":
        from django.contrib.auth.views import LoginView
        from django.urls import include, path

        return [path("o/", include("oauth2_provider.urls")), path("login/", LoginView.as_view())]
    raise AttributeError(name)


def main():
    import django
    from django.core.management import call_command

    given = json.loads(pathlib.Path("settings.json").read_text())
    configure(given)
    django.setup()
    make_everything(given)
    call_command("runserver", f"127.0.0.1:{given['port']}", use_reloader=False, skip_checks=True)


if __name__ == "__main__":
    # Django names this module, so it is loaded by its name.
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    import django_provider
    django_provider.main()
