"""Addresses of the accounts pages."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import company, links, people, profile, signin, tokens

app_name = "accounts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", signin.sign_in, name="sign-in"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("language/<slug:code>/", signin.language, name="language"),
    path("not-set-up/", signin.not_set_up, name="not-set-up"),
    path("set-up/<str:secret>/", links.set_up, name="set-up"),
    path("join/<str:secret>/", links.join, name="join"),
    path("new-password/<str:secret>/", links.new_password, name="new-password"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="password-change"),
    path("settings/", people.settings, name="settings"),
    path("settings/people/<int:pk>/", people.person_edit, name="person-edit"),
    path("settings/people/<int:pk>/password-link/", people.password_link, name="password-link"),
    path("settings/invitations/", people.invitation_list, name="invitation-list"),
    path("settings/invitations/<int:pk>/withdraw/", people.invitation_withdraw, name="invitation-withdraw"),
    path("settings/tokens/", tokens.token_list, name="token-list"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("settings/company/", company.company_edit, name="company-edit"),
    path("settings/markets/", company.market_list, name="market-list"),
    path("settings/markets/<int:pk>/", company.market_edit, name="market-edit"),
    path("settings/teams/", company.team_list, name="team-list"),
    path("settings/teams/<int:pk>/", company.team_edit, name="team-edit"),
    path("settings/teams/<int:pk>/remove/", company.team_remove, name="team-remove"),
    path("settings/audit/", company.audit_list, name="audit-list"),
]
