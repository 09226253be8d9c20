"""Why a remote shell ended, for people."""

from hinomi.response.action import Words

END_REASONS: dict[str, Words] = {
    "exit": Words("The shell was left.", "シェルが終了しました。"),
    "ended": Words("It was ended at the console.", "コンソールから終了しました。"),
    "idle": Words("Nobody typed for too long.", "入力がないまま時間切れになりました。"),
    "limit": Words("Its longest time was over.", "セッションの最長時間に達しました。"),
    "channel_lost": Words("The endpoint lost its connection.", "エンドポイントとの接続が切れました。"),
    "server_stopped": Words("The server stopped.", "サーバーが停止しました。"),
    "nobody_came": Words("Nobody opened it in time.", "時間内に誰も接続しませんでした。"),
    "cancelled": Words("The task was cancelled.", "タスクがキャンセルされました。"),
    "rejected": Words("The approval was refused.", "承認が却下されました。"),
    "expired": Words("The endpoint or the approval did not come in time.", "期限までにエンドポイントの接続または承認がありませんでした。"),
    "failed": Words("The endpoint could not open it.", "エンドポイントでシェルを開けませんでした。"),
    "flooded": Words("More came than was agreed.", "取り決めを超えるデータが届きました。"),
    "recording_full": Words("The recording reached its largest size.", "記録が最大サイズに達しました。"),
    "recording_failed": Words("The recording could not be written.", "記録を書き込めませんでした。"),
    "not_permitted": Words("The person may no longer do this.", "操作者の権限がなくなりました。"),
}  # fmt: skip

WAITS_FOR_WATCHER = Words(
    "Keys count only while a second person looks on.", "もう一人が立ち会っている間だけ入力できます。"
)
WAITS_FOR_ENDPOINT = Words("Waiting for the endpoint.", "エンドポイントを待っています。")
ONLY_LOOKS_ON = Words(
    "You look on; only who asked for it may type.", "立ち会いのみです。入力できるのは依頼者だけです。"
)


def words_of(reason: str) -> Words:
    return END_REASONS.get(reason, Words(f"It ended: {reason}.", f"終了しました: {reason}"))
