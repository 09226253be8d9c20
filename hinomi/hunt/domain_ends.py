"""How domain names end, as far as reports are concerned; which endings are also those of files; and pages reports cite."""

# The generic ends that are met most; a broken name (example[.]anything) needs none of them.
# Source: IANA root zone database
GENERIC = frozenset(
    """com net org info biz name pro mobi xyz top site online club shop store tech space website live life world today fun
    icu vip work app dev cloud page link click email digital network systems services solutions agency center company
    group host press blog news media social chat support help tools zone run wiki rocks ninja cyou buzz monster quest
    sbs cfd rest bar best bid trade win loan men date stream download racing review faith party science accountant
    cricket gdn kim red blue pink black ink ltd llc inc art design studio photos video games game bet casino poker
    bank finance money capital fund investments insurance legal law tax academy school college education university
    health care clinic dental doctor hospital pharmacy fitness yoga restaurant cafe pizza wine beer recipes kitchen
    travel tours flights hotel holiday voyage land house homes estate properties rentals apartments city town earth
    green energy solar eco farm garden pet dog cat horse fish asia africa tokyo nyc london berlin paris moscow
    edu gov mil int arpa aero coop museum jobs post tel travel""".split()  # noqa: SIM905 - one a line would fill three screens
)
# Source: ISO 3166-1 and IANA's country-code domains
COUNTRIES = frozenset(
    """ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf
    cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg
    gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn
    kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na
    nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh
    si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve
    vg vi vn vu wf ws ye yt za zm zw""".split()  # noqa: SIM905
)
# Ends of countries that plain words of a report mean as files: setup.sh, run.py, README.md
FILE_ENDS = frozenset(
    {"sh", "py", "pl", "rs", "md", "so", "ps", "pm", "st", "app", "zip", "mov", "bat", "cc", "ms", "la"}
)

# Whom a report cites rather than accuses; broken on purpose they are indicators all the same.
CITED = frozenset(
    """mitre.org attack.mitre.org cve.org nist.gov cisa.gov us-cert.gov jpcert.or.jp ipa.go.jp github.com
    githubusercontent.com gitlab.com virustotal.com wikipedia.org microsoft.com windows.com twitter.com x.com linkedin.com
    youtube.com google.com apple.com ietf.org w3.org creativecommons.org archive.org medium.com
    example.com example.org example.net""".split()  # noqa: SIM905
)
