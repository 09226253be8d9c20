"""What a rule found, as one sentence in both languages. In: a rule and its numbers. Out: a text."""

from hinomi.operations.rule_numbers import stages_of, wanted_bounds
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


def rule_sentence(rule: Rule, counted: float, span_ms: int, *, is_met: bool) -> Text:
    if rule.type == "single":
        return Text(
            "One detection of any of its filters is enough." if is_met else "None of its filters was met.",
            "フィルタのいずれか 1 件の検知で成立します。" if is_met else "どのフィルタにも一致していません。",
        )
    window, span = duration(rule.window_s), duration(span_ms / 1000)
    spread = Text(f", spread over {span.en}", f" (実際の間隔 {span.ja})") if is_met and span_ms else Text("", "")
    what = _measured(rule, counted)
    return Text(f"{what.en} within {window.en}{spread.en}.", f"{window.ja}以内に、{what.ja}{spread.ja}。")


def _measured(rule: Rule, counted: float) -> Text:
    """How many of how many, in the words of the rule's type."""
    number, fields, bounds = f"{counted:g}", ", ".join(rule.fields), wanted_bounds(rule)
    steps = len(stages_of(rule))
    match rule.type:
        case "sequence" | "stages":
            return Text(f"{number} of {steps} steps in order", f"順序どおり {steps} 段階中 {number} 段階")
        case "temporal" | "temporal_ordered":
            order = Text(" in order", "順序どおり ") if rule.type == "temporal_ordered" else Text("", "")
            return Text(
                f"{number} of {steps} filters met{order.en}", f"{order.ja}{steps} 個中 {number} 個のフィルタに一致"
            )
        case "variety":
            return Text(
                f"{number} different filters met, {rule.threshold} wanted,",
                f"異なるフィルタ {number} 種類に一致 (しきい値 {rule.threshold})",
            )
        case "event_count":
            return Text(f"{number} detections, wanted {bounds},", f"検知 {number} 件 (条件 {bounds})")
        case "value_count":
            return Text(
                f"{number} different values of {fields}, wanted {bounds},",
                f"{fields} の異なる値 {number} 種類 (条件 {bounds})",
            )
        case "value_sum" | "value_avg" | "value_median" | "value_percentile":
            name = _MEASURES[rule.type]
            return Text(
                f"{name.en} of {fields} is {number}, wanted {bounds},",
                f"{fields} の{name.ja}は {number} (条件 {bounds})",
            )
    if rule.distinct:
        return Text(
            f"{number} of {rule.threshold} different values of {rule.distinct}",
            f"{rule.distinct} の異なる値 {number} 種類 (しきい値 {rule.threshold})",
        )
    return Text(f"{number} of {rule.threshold} detections", f"検知 {number} 件 (しきい値 {rule.threshold})")


_MEASURES = {
    "value_sum": Text("The sum", "合計"),
    "value_avg": Text("The average", "平均"),
    "value_median": Text("The median", "中央値"),
    "value_percentile": Text("The percentile", "パーセンタイル"),
}


def as_raised_sentence(rule: Rule) -> Text:
    """Of a rule that the kept evidence alone does not meet again."""
    if rule.models:
        return Text(
            "Matches of other models counted here; the evidence is what stands behind them.",
            "ほかの検知モデルの一致を数えるルールです。根拠はその一致の元になった検知です。",
        )
    return Text(
        "Met when the alert was raised; what is kept of the evidence does not meet the rule of today again.",
        "アラートの発生時に成立しました。保存されている根拠だけでは、現在のルールは成立しません。",
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
