"""The questions of this floor: pages composed from several floors.

`themes` the table of themes · `places` where each theme is in the loop · `rising` what grows faster than chance ·
`theme_page` one theme · `loop` the six stations · `attention` who is needed today · `kpis` both teams side by side ·
`mine` one person's ideas and what came of them.
"""
