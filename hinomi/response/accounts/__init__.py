"""Accounts of directories: LDAP and Active Directory."""
