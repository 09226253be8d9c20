"""Fields that the public API knows and our data do not have: asked for, they are simply empty, never an error.

Clients ask by fields of many products in one query; a script must not fail here because a field is another product's.
Source: the public schema (docs/reference/routes.md), fields that can be searched.
"""

from hinomi.api.detections import SEARCH
from hinomi.query.fields import ACTIVITY, Column, Fields


def _names(text: str) -> list[str]:
    return text.split()


_OF_ENDPOINTS = _names("""
    objectHostName httpReferer objectSignerFlagsAdhoc objectSignerFlagsRuntime objectSignerFlagsLibValid
    objectFileExtendedAttribute objectSubTrueType objectTrueType parentFileHashMd5 srcFileHashMd5
    srcFileHashSha1 srcFileHashSha256 srcFilePath tags filterRiskLevel objectBmData osDescription
    eventSourceType policyTreePath instanceId cloudProvider vpcId regionId eventHashId endpointMacAddress
    timezone pver osVer osType processFileHashId processSignerValid processSignerFlagsAdhoc
    processSignerFlagsRuntime processSignerFlagsLibValid processFileSize processFileCreation
    processFileModifiedTime processTrueType processSubTrueType processFileCurrentOwnerSid
    processFileCurrentOwnerName processFileOwnerSid processFileOwnerName processFileGroupSid
    processFileGroupName processFileSaclString processFileDaclString processFileRemoteAccess parentLaunchTime
    parentAuthId parentIntegrityLevel parentFileHashId parentSigner parentSignerValid parentSignerFlagsAdhoc
    parentSignerFlagsRuntime parentSignerFlagsLibValid parentFileSize parentFileCreation parentFileModifiedTime
    parentTrueType parentSubTrueType parentFileCurrentOwnerSid parentFileCurrentOwnerName parentFileOwnerSid
    parentFileOwnerName parentFileGroupSid parentFileGroupName parentFileSaclString parentFileDaclString
    parentFileRemoteAccess objectCurrentFileSize objectFileModifiedTime objectFileCurrentOwnerSid
    objectFileCurrentOwnerName objectFileOwnerSid objectFileOwnerName objectFileGroupSid objectFileGroupName
    objectFileSaclString objectFileDaclString objectFileIsRemoteAccess objectFirstSeen objectLastSeen srcSigner
    srcSignerValid srcSignerFlagsAdhoc srcSignerFlagsRuntime srcSignerFlagsLibValid srcFileSize srcFileCreation
    srcFileModifiedTime srcFileCurrentOwnerSid srcFileCurrentOwnerName srcFileOwnerSid srcFileOwnerName
    srcFileGroupSid srcFileGroupName srcFileSaclString srcFileDaclString srcFileIsRemoteAccess srcFirstSeen
    srcLastSeen publicSrc publicSpt hookId objectThreadId proxy objectFileHashId objectFileRemoteAccess
    rawDataSize correlationData eventDataProviderPath eventDataProviderName eventDataJobOwner
    eventDataProcessPath eventDataActionName eventDataUserContext objectSessionId objectUserGroup app
    objectContentName objectRawDataSize objectRunAsLocalAccount objectApiName objectApiRvInNum
    objectFileAttributesHashId objectPosixPermission objectCurrentPosixPermission objectPosixPermissionHashId
    deviceType codeIntegrityOptionEnabled codeIntegrityOptionTestsign importTableFileName
    importTableFunctionName importTable simulation groupId cloudServiceName cloudServiceApiName cloudIdentityId
    cloudIdentityName cloudIdentityAccountId instanceName instanceAccountId azId subnetId networkInterfaceId
    parentUserGroupSids processUserGroupSids objectUserGroupSids subSystem messageType ruleId ruleIdStr
    additionalInfo objectLoginOutHashId objectLoginOutFirstSeen objectLoginOutLastSeen objectLoginOutMetaType
    objectLoginOutSourceAddress objectLoginOutStatus objectLoginOutFailureMessage objectLoginOutSessionId
    objectUri objectFileHash objectServiceType srcUri srcFileHash srcServiceType srcUser policyIds metaSrcExtra
    parentFileOriginalName requestMethod status eventDataModuleILPath eventDataFullyQualifiedAssemblyName
    eventDataImpersonationLevel eventDataElevatedToken customAssetTags platformAssetTags
""")

_OF_DETECTIONS = _names("""
    interestedHost shost dhost botUrl category cccaDestination interestedIp peerIp
    fileName objectFileName compressedFileName attachmentFileName filePath filePathName forensicFilePath
    fileHash attachmentFileHash attachmentFileHashSha1 compressedFileHash oldFileHash
    fileHashSha256 attachmentFileHashSha256 compressedFileHashSha256 attachmentFileHashMd5 objectType suid suser
    duser mailMsgSubject msgId ruleName malName eventName eventSubName subRuleId subRuleName remarks fullPath
    policyId act actResult scanType malSrc malDst deviceGUID isHidden severity domainName peerHost data1
    targetShare botCmd dUser1 processUserId processUserGroupName processUserGroupId sUser1 msgUuid orgId cve
    cves requestBase urlCat userDepartment sender policyName principalName profile application majorVirusType
    aggregatedCount appGroup aptRelated attachmentFileSize attachmentFileSizes attachmentFileType behaviorCat
    blocking cat cccaDestinationFormat cccaDetection cccaDetectionSource cccaRiskLevel clientFlag cnt
    compressedFileSize compressedFileType correlationCat dOSName data0 data0Name data1Name data2 data2Name data3
    data4 dceHash1 dceHash2 detectionName detectionType deviceDirection
    deviceMacAddress devicePayloadId deviceRiskConfidenceLevel direction dmac dstGroup dstZone dvc dvchost
    engineOperation engType engVer eventClass eventSubClass fileExt fileOperation fileSize fileType filterName
    filterType firmalware firstAct firstActResult groups hasdtasres heurFlag hostId hostSeverity hotFix
    interestedGroup interestedMacAddress ircChannelName ircUserName mDevice mDeviceGUID mailDeliveryTime
    mailReceivedTime mailFolder malFamily malSubType malType malTypeGroup mitigationTaskId mpname mpver msgAct
    objectFileModified objectFileCreatedTime objectFirstRecorded objectId objectEntityName objectRegistryRoot
    out pAttackPhase pComp pTags patType patVer peerGroup potentialRisk protoFlag quarantineType rating
    requestClientApplication riskConfidenceLevel operationLevel rozRating rt rtDate rtHour rtWeekDay ruleType
    sAttackPhase sOSName scanTs score secondAct secondActResult senderGUID senderIp smac sproc srcGroup srcZone
    threatName threatType vLANId bmGroup policyTemplate computerDomain destinationPath matchedContent online
    ftpUser extraInfo fileVer signer fileDesc fileCreation confidence forensicFileHash detailTrace policyUuid
    ruleUuid overSsl sourceType objectRegType ja3Hash ja3sHash logKey mailMsgId mailUniqueId objectSubType
    objectDesiredAccess objectCreateDispositions mimeType mitreVersion clientIp wasEntity isEntity mailbox
    mailSmtpHelo mailSmtpFromAddresses mailSmtpOriginalRecipients mailSmtpRecipients mailSmtpTls msgUuidChain
    correlatedIntelligence detectionDetail highlightMailMsgSubject targetType ruleVer firstSeen lastSeen
    attachment highlightedFileName attachmentFileHashs attachmentFileHashes attachmentFileTlshs
    attachmentFileTlshes schemaVersion reportGUID indicatorCount signInCountries endpointModel appPkgName
    appLabel appVerCode appPublicKeySha1 appSize appDexSha256 appIsSystem minorVirusType flowId
    ruleId64 sessionStart sessionEnd originUUID originEventSourceType isRetroScan
    logonUsers userDomains pcapUUID quarantineFileName peerEndpointGUID customTags clusterId clusterName
    k8sNamespace k8sPodName k8sPodId containerName containerId containerImage containerImageDigest actionName
    resourceCategory resourceName resourceNamespace requestDecision ruleSetName ruleSetId highlightedFileHashes
    mailMsgDirection rawSrcIp rawDstIp rawSrcPort rawDstPort cloudAppName processImagePath vendor deviceModel
    deviceSerial suspiciousObject suspiciousObjectType objectPayloadFileHashSha1 objectTargetProcess
    quarantineFilePath clientStatus dacDeviceType accessPermission sslCertIssuerCommonName sslCertCommonName
    sslCertIssuerOrgName sslCertOrgName aptCampaigns threatNames mailDirection authType cloudStorageName
    cloudAccountId netBiosDomainName cloudAppCat regionCode awsResourceArn srcLocation dstLocation
    detectionAggregationId processActions processArtifactIds objectActions objectArtifactIds censusMaturityValue
    censusPrevalenceValue dceArtifactActions detectedBackupFolder detectedBackupArtifacts detectionEngineVersion
    detectedPattern isProxy moduleScanType objectAttributes objectFileAccess originalFileHashes
    originalFilePaths trigger processPayloadSigner processPayloadSignerValid processPayloadSignerFlagsAdhoc
    processPayloadSignerFlagsRuntime processPayloadSignerFlagsLibValid parentPayloadSigner
    parentPayloadSignerValid parentPayloadSignerFlagsAdhoc parentPayloadSignerFlagsRuntime
    parentPayloadSignerFlagsLibValid respCode msgTOCUuid rewrittenUrl cloudResourceId cloudResourceType
    cloudResourceDigest cloudResourceTags cloudResourceVersion cloudMachineImageId cloudMachineImageName
    diskPartitionId detectedActions processImageFileNames isPrivateApp target processPkgName icmpType icmpCode
    srcSubscriberId srcEquipmentId srcSubscriberDirNum dstSubscriberId dstEquipmentId dstSubscriberDirNum
    srcFamily srcType sOSClass sOSVendor dstFamily dstType dOSClass dOSVendor detectionAggressivenessLevel
    fileSystemUuid duration aggregateUnit aggregateFunction uuids lineageId detectedBackupArtifactsStatus
    triggerReason matchedPolicies detectionFileList detectionAggregationIds triggerInfo quarantineFileId
    quarantineFileSha256 detectionNames detectionMeta startTime endTime sshHassh sshHasshServer
    userDefinedFields processActionResults processActionReturnCodes objectActionResults objectActionReturnCodes
    lastConnectedTime agentStatus endpointStatus srcCountry srcIsp srcCity dstCountry dstIsp dstCity
    peerIpCountry peerIpIsp peerIpCity interestedIpCountry interestedIpIsp interestedIpCity actionBy
    actorHostName deviceProcessName sandboxSubmittedTime sandboxCompletedTime actorIp actorProto
""")

_OF_MAIL = _names("""
    msgUuid mailDirection mailFromAddresses mailToAddresses mailMsgSubject mailMsgId mailCcAddresses
    mailBccAddresses mailSenderIp mailAttachmentHash attachmentFileName attachmentUrls attachmentSha1
    attachmentMd5 attachmentSha256 orgId mailUrlsVisibleLink mailUrlsRealLink mailbox mailSourceDomain
""")

_EMPTY = Column("''", bare=False)

ACTIVITIES: Fields = dict.fromkeys(_OF_ENDPOINTS, _EMPTY) | dict(ACTIVITY)
DETECTIONS: Fields = dict.fromkeys(_OF_ENDPOINTS + _OF_DETECTIONS, _EMPTY) | dict(SEARCH)
MAIL: Fields = dict.fromkeys(_OF_MAIL, _EMPTY) | dict(ACTIVITIES)
