"""The hub's HTTP routes: they translate, and decide nothing."""

from hub.contract import Model

Model.work_out()  # FastAPI looks into each message as its route is made
