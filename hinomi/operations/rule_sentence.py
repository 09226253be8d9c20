"""What a rule found, as one sentence in both languages. In: a rule and its numbers. Out: a text."""

from hinomi.schema.content import Model, Rule, Text

_UNITS = ((86_400, "d", "日"), (3600, "h", "時間"), (60, "min", "分"), (1, "s", "秒"))


def duration(seconds: float) -> Text:
    """In its two largest units: 10 min, 2 min 3 s, 0.4 s."""
    if seconds < 1:
        return Text(f"{seconds:.1f} s", f"{seconds:.1f} 秒")
    rest = int(seconds)
    english: list[str] = []
    japanese: list[str] = []
    for size, en, ja in _UNITS:
        count, rest = divmod(rest, size)
        if count and len(english) < 2:
            english.append(f"{count} {en}")
            japanese.append(f"{count} {ja}")
    return Text(" ".join(english), " ".join(japanese))


def rule_sentence(rule: Rule, counted: int, span_ms: int, *, is_met: bool) -> Text:
    window, span = duration(rule.window_s), duration(span_ms / 1000)
    spread = Text(f", spread over {span.en}", f" (実際の間隔 {span.ja})") if is_met and span_ms else Text("", "")
    if rule.type == "single":
        return Text(
            "One detection of any of its filters is enough." if is_met else "None of its filters was met.",
            "フィルタのいずれか 1 件の検知で成立します。" if is_met else "どのフィルタにも一致していません。",
        )
    if rule.type in ("sequence", "stages"):
        steps = len(rule.stages or rule.filters)
        return Text(
            f"{counted} of {steps} steps in order within {window.en}{spread.en}.",
            f"{window.ja}以内に、順序どおり {steps} 段階中 {counted} 段階{spread.ja}。",
        )
    if rule.type == "variety":
        return Text(
            f"{counted} different filters met, {rule.threshold} wanted, within {window.en}{spread.en}.",
            f"{window.ja}以内に、異なるフィルタ {counted} 種類に一致 (しきい値 {rule.threshold}){spread.ja}。",
        )
    if rule.distinct:
        return Text(
            f"{counted} of {rule.threshold} different values of {rule.distinct} within {window.en}{spread.en}.",
            f"{window.ja}以内に、{rule.distinct} の異なる値 {counted} 種類 (しきい値 {rule.threshold}){spread.ja}。",
        )
    return Text(
        f"{counted} of {rule.threshold} detections within {window.en}{spread.en}.",
        f"{window.ja}以内に検知 {counted} 件 (しきい値 {rule.threshold}){spread.ja}。",
    )


def suppression_sentence(model: Model) -> Text:
    """What happens to more of the same."""
    if not model.suppress_s:
        return Text("Every match makes an alert of its own.", "一致するたびに新しいアラートになります。")
    within = duration(model.suppress_s)
    return Text(
        f"More of the same entity within {within.en} of the first joins this alert and makes no other.",
        f"最初のイベントから {within.ja}以内の同じエンティティの検知は、新しいアラートにせずこのアラートに加えます。",
    )
