"""A simulated Azure on loopback: ARM, Microsoft Graph, PIM, the token endpoint, Resource Graph and the Activity Log.

It is the test double of the whole project and a playground for everybody else: a tenant export is loaded, served with
Azure's own shapes, edited while it runs, and made to misbehave by name. Installed by `pip install remit[sim]`.
"""
