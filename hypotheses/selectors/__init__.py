"""The questions of this floor, answered ready for a page or for JSON.

`found` what the form finds while somebody types · `rows` ideas in lists · `ideas` one idea · `triage` the queue ·
`boards` sprints · `backlog` all open ideas · `mine` one person's ideas.
"""
