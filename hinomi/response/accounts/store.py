"""The table of directories; the secret of the account that binds is sealed."""

from hinomi.response.sealed_registry import registry_table

DIRECTORIES = registry_table("directories", kind_length=32)
