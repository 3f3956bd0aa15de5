"""Addresses of the dashboards pages."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import kpis, loop, mine, results, theme, themes

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", loop.loop, name="loop"),
    path("ideas/mine/", mine.my_ideas, name="my-ideas"),
    path("kpis/", kpis.kpi_page, name="kpi-page"),
    path("results/", results.result_list, name="result-list"),
    path("themes/", themes.theme_list, name="theme-list"),
    path("themes/export/", themes.theme_export, name="theme-export"),
    path("themes/<int:theme_id>/", theme.theme_detail, name="theme-detail"),
    path("themes/<int:theme_id>/edit/", theme.theme_edit, name="theme-edit"),
    path("themes/<int:theme_id>/merge/", theme.theme_merge, name="theme-merge"),
    path("themes/<int:theme_id>/take/", theme.theme_take, name="theme-take"),
]
