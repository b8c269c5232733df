"""Reviews of a whole tenant over its graph: connection points with the outside, and the parting of environments.

`environments` says what belongs to which environment and workload, `placing` applies it to a snapshot; `integrations`
lists connection points, `isolation` finds identities that join what should be apart. All of it is rows and numbers;
names and paths are put to them outside.
"""
