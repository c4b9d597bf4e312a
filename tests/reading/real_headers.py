"""The headers of real files and the field that each means, None where there is none: registry exports and a roster (domain §7.1, §7.2)."""

from __future__ import annotations

PERSON_EXPORT: dict[str, str | None] = {
    "省": None, "市": None, "县": None, "乡": None, "村": None, "户编号": "household_id", "人口编号": "person_no", "姓名": "name",
    "性别": "sex", "出生日期": "birth_date", "证件类型": "id_type", "证件号码": "id_number", "民族": "ethnicity", "户联系电话": None,
    "成员联系电话": None, "年度": None, "与户主关系": "relation", "文化程度": "education", "在校生状况": "school_status",
    "劳动技能": "labour_skill", "务工时间（月）": "work_months", "健康状况": "health", "政治面貌": "political_status", "务工企业名称": None,
    "是否享受低保": "dibao", "是否参加城镇职工基本养老保险": "pension_employee", "是否参加大病保险": "critical_illness_insurance",
    "是否参加新型农村合作医疗（城乡居民基本医疗保险）": "insured_resident", "是否参加城乡居民基本养老保险": "pension_resident",
    "失学或辍学原因": "out_of_school_reason", "是否会讲普通话": None, "是否参加商业补充医疗保险": None, "是否国外务工": None, "产业分类": None,
    "是否接受大病医疗救助": "critical_illness_aid", "是否接受其他健康扶贫": None, "公益性岗位类型": "public_post_type",
    "公益性岗位(月数)": "public_post_months", "就业渠道": None, "残疾类别": "disability_class", "务工所在地": "work_place", "户主姓名": None,
    "户主证件号码": None, "是否参加城镇职工基本医疗保险": "insured_employee", "是否特困供养人员": "tekun", "残疾证办证年度": None, "识别标准": None,
}  # fmt: skip

HOUSEHOLD_EXPORT: dict[str, str | None] = {
    "省": "province", "市": "city", "县": "county", "乡": "township", "村": "village_name", "户编号": "household_id",
    "户主编号": None, "户主姓名": "head_name", "户主证件号码": "head_id_number", "家庭人口数": "member_count",
    "是否危房户": "dangerous_house", "人均纯收入": "income_net_pc", "年收入": "income_gross", "是否解决安全饮用水": "safe_water",
    "年度": "income_year", "村办公电话": None, "开户银行名称": None, "银行卡号": None, "识别标准": "identification_standard",
    "主要致贫原因": "main_cause", "次要致贫原因": "other_causes", "工资性收入": "income_wage", "生产经营性收入": "income_business",
    "财产性收入": "income_property", "转移性收入": "income_transfer", "计划生育金": "transfer_family_planning",
    "低保金": "transfer_dibao", "五保金": "transfer_tekun", "养老保险金": "transfer_pension", "生态补偿金": "transfer_ecology",
    "其他转移性收入": "transfer_other", "生产经营性支出": "cost_business", "纯收入": "income_net", "资产收益扶贫分红收入": "property_dividend",
    "其他财产性收入": "property_other", "耕地面积（亩）": "land_arable_mu", "水面面积": "land_water_mu", "是否加入农民专业合作组织": "coop_member",
    "退耕还林面积（亩）": "land_returned_mu", "林果面积（亩）": "land_orchard_mu", "牧草地面积": "land_grass_mu",
    "林地面积（亩）": "land_forest_mu", "是否通生产用电": None, "是否通生活用电": "electricity", "是否通广播电视": "tv",
    "与村主干路距离": "road_distance_km", "入户路类型": None, "住房面积": "house_area_m2", "是否有卫生厕所": "toilet", "主要燃料类型": None,
    "危房级别": "house_grade", "是否有龙头企业带动": None, "是否有创业致富带头人带动": None,
}  # fmt: skip

HOUSEHOLD_CODES: dict[str, str | None] = {
    "AAC001": "household_id", "AAC029": "head_name", "AAC031": "head_id_number", "AAC004": None,
    "AAC006": "household_type", "AAC007": "main_cause", "AAC008": "other_causes", "AAC071": "income_business",
    "AAC072": "income_property", "AAC073": "income_wage", "AAC074": "cost_business",
    "AAC076": "transfer_family_planning", "AAC077": "transfer_dibao", "AAC078": "transfer_ecology",
    "AAC079": "income_net", "AAC081": "income_gross", "AAC082": "income_net_pc", "AAC083": "transfer_other",
    "AAC085": "income_transfer", "AAC086": "transfer_tekun", "AAC087": "transfer_pension",
    "AAC092": "property_dividend", "AAC093": "property_other", "AAC301": "land_arable_mu", "AAC302": None,
    "AAC303": "land_forest_mu", "AAC304": "land_returned_mu", "AAC305": "land_orchard_mu", "AAC306": "land_grass_mu",
    "AAC307": "land_water_mu", "AAC308": None, "AAC311": None, "AAC312": None, "AAC091": "safe_water",
    "AAC313": "electricity", "AAC314": "tv", "AAC315": "road_distance_km", "AAC316": None, "AAC317": "house_area_m2",
    "AAC318": "dangerous_house", "AAC319": "toilet", "AAC320": None, "AAC322": "house_grade", "AAC084": "coop_member",
    "AAC088": None, "AAC089": None, "AAD001": "village_code", "AAR040": "income_year", "AAR010": "poverty_status",
    "AAR012": "phone",
}  # fmt: skip

PERSON_CODES: dict[str, str | None] = {
    "AAC001": "household_id", "AAB001": "person_no", "AAB002": "name", "AAB003": "sex", "AAB004": "id_number",
    "AAB005": "birth_date", "AAB006": "relation", "AAB007": "ethnicity", "AAB008": "education",
    "AAB009": "school_status", "AAB010": "labour_skill", "AAB012": "work_months", "AAB013": "insured_resident",
    "AAB014": "pension_resident", "AAB015": "member_status", "AAB017": "health", "AAB018": "id_type",
    "AAB021": "pension_employee", "AAB022": "critical_illness_insurance", "AAB025": None, "AAB026": None,
    "AAB027": None, "AAB028": None, "AAB030": "dibao", "AAB031": None, "AAB065": None, "AAB067": None,
}  # fmt: skip

VILLAGE_CODES: dict[str, str | None] = {
    "AAD001": "village_code", "AAD005": "households_total", "AAD010": "population_total",
    "AAD302": "collective_income", "AAD331": "unsafe_water_households", "AAD361": "dangerous_households",
    "AAD391": None,
}  # fmt: skip

_ROSTER_PERSON: dict[str, str | None] = {
    "县(市、区、旗)": None, "乡(镇)": None, "行政村": None, "自然村": None, "户编号": "household_id", "人编号": "person_no", "姓名": "name",
    "证件号码": "id_number", "人数": None, "与户主关系": "relation", "民族": "ethnicity", "文化程度": "education",
    "在校生状况": "school_status", "健康状况": "health", "劳动技能": "labour_skill", "务工时间（月）": "work_months",
    "是否参加大病保险": "critical_illness_insurance", "致贫原因1": None, "危房户": None, "是否解决安全饮用水": None, "人均纯收入": None,
    "户/人联系电话": None, "首次识别时间": None, "人员识别时间": None, "户类型": None, "监测对象类型": None, "风险是否消除": None,
}  # fmt: skip

_ROSTER_HOUSEHOLD: dict[str, str | None] = {
    "县(市、区、旗)": "county", "乡(镇)": "township", "行政村": "village_name", "自然村": "village_group", "户编号": "household_id",
    "人编号": None, "姓名": None, "证件号码": None, "人数": "member_count", "与户主关系": None, "民族": None, "文化程度": None,
    "在校生状况": None, "健康状况": None, "劳动技能": None, "务工时间（月）": None, "是否参加大病保险": None, "致贫原因1": "main_cause",
    "危房户": "dangerous_house", "是否解决安全饮用水": "safe_water", "人均纯收入": "income_net_pc", "户/人联系电话": "phone", "首次识别时间": None,
    "人员识别时间": None, "户类型": "household_type", "监测对象类型": "monitor_type", "风险是否消除": None,
}  # fmt: skip

ROSTER = {"person": _ROSTER_PERSON, "household": _ROSTER_HOUSEHOLD}
