"""The lake of the demo: one database."""

from neuralake import Catalog, ModuleDatabase

catalog = Catalog({"aviation": ModuleDatabase("lake.aviation")})
