"""Routes of levers."""

from django.urls import URLPattern

app_name = "levers"

urlpatterns: list[URLPattern] = []
