"""Addresses of the accounts pages."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import profile, signin

app_name = "accounts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", signin.sign_in, name="sign-in"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("language/<slug:code>/", signin.language, name="language"),
    path("not-set-up/", signin.not_set_up, name="not-set-up"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="password-change"),
]
