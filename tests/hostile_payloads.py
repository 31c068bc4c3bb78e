"""Texts that would run a script if a page took them for HTML, each in its own way, and texts that are formulas."""

_RUN = "(window.pwned=window.pwned||[]).push({number})"
_RUN_ABOVE = "(parent.pwned=parent.pwned||[]).push({number})"

_SHAPES = (
    "<script>RUN</script>",
    "</script><script>RUN</script>",
    "<ScRiPt>RUN</sCrIpT>",
    "<script/x>RUN</script>",
    "<script type=module>RUN</script>",
    '<script src="data:text/javascript,RUN"></script>',
    '"><script>RUN</script>',
    "'><img src=x onerror=RUN>",
    "</title><script>RUN</script>",
    "</style><script>RUN</script>",
    "</textarea></noscript><script>RUN</script>",
    "<!--><img src=x onerror=RUN>-->",
    "<img src=x onerror=RUN>",
    '<img/src="x"/onerror=RUN>',
    "<img srcset=x onerror=RUN>",
    "<svg onload=RUN></svg>",
    "<svg/onload=RUN>",
    "<svg><script>RUN</script></svg>",
    "<svg><image href=x onerror=RUN></image></svg>",
    "<svg><animate onbegin=RUN attributeName=x dur=1s></animate></svg>",
    "<iframe onload=RUN></iframe>",
    '<iframe srcdoc="<script>ABOVE</script>"></iframe>',
    '<iframe src="javascript:ABOVE"></iframe>',
    "<object data=x onerror=RUN></object>",
    "<video><source src=x onerror=RUN></video>",
    "<audio src=x onerror=RUN></audio>",
    '<link rel=stylesheet href="data:text/css," onload=RUN>',
    "<style onload=RUN></style>",
    "<details open ontoggle=RUN>x</details>",
    "<input autofocus onfocus=RUN>",
    "<select autofocus onfocus=RUN></select>",
    "<textarea autofocus onfocus=RUN></textarea>",
    "<b tabindex=1 autofocus onfocus=RUN>x</b>",
    "<image src=x onerror=RUN>",
    "<body onpageshow=RUN>",
    '<style>@keyframes k{}</style><b style="animation:k 1s" onanimationstart=RUN>x</b>',
    '<a class=bait href="javascript:RUN">x</a>',
    '<svg><a class=bait href="javascript:RUN"><text y=9>x</text></a></svg>',
    '<form action="javascript:RUN"><button class=bait>x</button></form>',
)

PAYLOADS = tuple(
    shape.replace("RUN", _RUN.format(number=number)).replace("ABOVE", _RUN_ABOVE.format(number=number))
    for number, shape in enumerate(_SHAPES)
)
"""Each pushes its own number on `window.pwned` when it runs; those with the class "bait" when it is clicked."""

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)")
"""Texts that a spreadsheet would take for a formula, full-width forms included."""
