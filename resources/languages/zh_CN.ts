<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>Portrait Studio</name>
        <message>
            <location filename="../../portrait_studio/gui/canvas/canvas.py" />
            <source>Photo canvas</source>
            <translation>照片画布</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/canvas.py" />
            <source>Paint over what shall be removed, then press Enter</source>
            <translation>涂抹要移除的内容，然后按回车键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/canvas_frame.py" />
            <source>{side} {pixels:+} px ({percent:+.0f} %)</source>
            <translation>{side} {pixels:+} px（{percent:+.0f}%）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/canvas_frame.py" />
            <source>original ratio</source>
            <translation>原始比例</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/canvas_painter.py" />
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Original</source>
            <translation>原图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/canvas_painter.py" />
            <source>Edited</source>
            <translation>编辑后</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Pick things</source>
            <translation>点选物体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Click a bag, a hat, sunglasses or a person to mark it</source>
            <translation>单击包、帽子、太阳镜或人物即可标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Brush</source>
            <translation>画笔</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Paint over what shall go</source>
            <translation>涂抹要移除的内容</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Eraser</source>
            <translation>橡皮擦</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Take away from the mask</source>
            <translation>从蒙版中减去</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Rectangle</source>
            <translation>矩形</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Mark a rectangle</source>
            <translation>标记一个矩形</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Lasso</source>
            <translation>套索</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Mark what you draw a line around</source>
            <translation>标记所圈出的区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Do not copy from here</source>
            <translation>勿从此处复制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Mark what fills must not copy; again: by rectangle or lasso. The right button takes marks away</source>
            <translation>标出填充时不得复制的地方；再按一次：改用矩形或套索。右键去除标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Copy from here</source>
            <translation>从此处复制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Mark what fills shall copy; again: by rectangle or lasso. The right button takes marks away</source>
            <translation>标出填充时应复制的地方；再按一次：改用矩形或套索。右键去除标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <location filename="../../portrait_studio/session/extending.py" />
            <source>Extend canvas</source>
            <translation>扩展画布</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/canvas/tools.py" />
            <source>Drag an edge outwards and fill what is new</source>
            <translation>向外拖动边缘，并填充新增区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open…</source>
            <translation>打开…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open a photo</source>
            <translation>打开照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/gui/commands/recent_menu.py" />
            <source>Open recent</source>
            <translation>最近打开的文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>What was open lately</source>
            <translation>最近打开过的照片和项目</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Next photo of the folder</source>
            <translation>文件夹中的下一张照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open the next photo of the folder</source>
            <translation>打开文件夹中的下一张照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Previous photo of the folder</source>
            <translation>文件夹中的上一张照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open the photo before in the folder</source>
            <translation>打开文件夹中的上一张照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Try the sample photo</source>
            <translation>试用示例照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open the photo that comes with it</source>
            <translation>打开程序自带的照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Paste as photo</source>
            <translation>粘贴为照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open the picture in the clipboard</source>
            <translation>打开剪贴板中的图片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Save project</source>
            <translation>保存项目</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Save photo, mask and every step to go on later</source>
            <translation>保存照片、蒙版和每一个步骤，以便日后继续</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Save project as…</source>
            <translation>项目另存为…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Save the project to another file</source>
            <translation>将项目保存到另一个文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Export…</source>
            <translation>导出…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Write the result to a file</source>
            <translation>将结果写入文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Export layers…</source>
            <translation>导出图层…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Write original and fill as layers, which GIMP and Krita open (OpenRaster)</source>
            <translation>将原图与填充写为图层，可用 GIMP 和 Krita 打开（OpenRaster）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Export edit record…</source>
            <translation>导出编辑记录…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Write how to repeat this edit bit for bit; it holds no pixels</source>
            <translation>写下如何逐位重现这次编辑；其中不含像素</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show history</source>
            <translation>显示历史记录</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>List all steps, to go back to any</source>
            <translation>列出所有步骤，可回到任意一步</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Copy result</source>
            <translation>复制结果</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Copy the result to the clipboard</source>
            <translation>将结果复制到剪贴板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Close the window</source>
            <translation>关闭窗口</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Take back the last step</source>
            <translation>撤销上一步</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Do the step again</source>
            <translation>重做这一步</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Add reference photo…</source>
            <translation>添加参考照片…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Other photos of the same person or place, which fills may borrow from</source>
            <translation>同一人物或同一地点的其他照片，填充时可以借用</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Recover feet</source>
            <translation>恢复脚部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Extend the canvas down by 33 %</source>
            <translation>将画布向下扩展 33%</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Recover forehead</source>
            <translation>恢复额头</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Extend the canvas up by 14 %</source>
            <translation>将画布向上扩展 14%</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Swap with eraser</source>
            <translation>与橡皮擦互换</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Swap the tool in hand with the eraser</source>
            <translation>将当前工具与橡皮擦互换</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Point with the keys</source>
            <translation>用按键指向</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Arrow keys move the pointer, Space is its button, Delete the one that takes away</source>
            <translation>方向键移动指针，空格键为其按钮，删除键用于减去</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Smaller brush</source>
            <translation>缩小画笔</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Shrink the brush</source>
            <translation>减小画笔大小</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Larger brush</source>
            <translation>放大画笔</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Enlarge the brush</source>
            <translation>增大画笔大小</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Mark everything</source>
            <translation>全部标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mask the whole photo</source>
            <translation>将整张照片加入蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Clear mask</source>
            <translation>清除蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Take the whole mask away</source>
            <translation>清除整个蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Invert mask</source>
            <translation>反转蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark what is not marked, and the reverse</source>
            <translation>标记未标记的部分，并取消已标记的部分</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Grow</source>
            <translation>扩大</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Move the edge of the mask outwards</source>
            <translation>将蒙版边缘向外移动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Shrink</source>
            <translation>收缩</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Move the edge of the mask inwards</source>
            <translation>将蒙版边缘向内移动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Feather</source>
            <translation>羽化</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Make the edge of the mask soft</source>
            <translation>使蒙版边缘变柔和</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fill holes</source>
            <translation>填补孔洞</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark what the mask surrounds</source>
            <translation>标记被蒙版包围的区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/tightening.py" />
            <source>Tighten mask</source>
            <translation>收紧蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Shrink what is marked loosely to the thing in it and its rim</source>
            <translation>把大致标出的区域收缩到其中的物体及其边缘</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/shadows.py" />
            <source>Take its shadow too</source>
            <translation>一并选取影子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark the shadow on the ground or wall that belongs to what is marked</source>
            <translation>标出所选内容落在地面或墙上的影子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/other_people.py" />
            <source>Mark other people</source>
            <translation>标记其他人</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark everybody but the person whom the photo is of</source>
            <translation>标记照片主角以外的所有人</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/damage_finding.py" />
            <source>Find damage</source>
            <translation>查找损伤</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark scratches, folds, stains, dates and scribbles of a scanned photo; How tight marks less or more</source>
            <translation>标记扫描照片上的划痕、折痕、污渍、日期和涂写；用“松紧”增减标记的范围</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Point at the next person</source>
            <translation>指向下一个人</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Go to the next person's dot with the keys: Space marks or keeps, Delete keeps</source>
            <translation>用按键移到下一个人的圆点：空格键标记或保留，删除键保留</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Import mask…</source>
            <translation>导入蒙版…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Take the mask from a picture, soft edges included</source>
            <translation>从图片读取蒙版，包括柔和的边缘</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Export mask…</source>
            <translation>导出蒙版…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Write the mask to a PNG file</source>
            <translation>将蒙版写入 PNG 文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fill after each stroke</source>
            <translation>每次描画后立即填充</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fill as soon as something is marked</source>
            <translation>一有标记就立即填充</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Tighten what is drawn</source>
            <translation>收紧所画的区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Each stroke, rectangle or lasso shrinks to the thing in it; Undo brings it back as drawn</source>
            <translation>每次画出的笔画、矩形或套索都会收缩到其中的物体；撤销可恢复所画的样子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Loops take what they surround</source>
            <translation>圈选时包含内部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>A stroke around a thing marks all of it</source>
            <translation>绕物体画一圈即可标记整个物体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Pen pressure sets the width</source>
            <translation>笔压控制粗细</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>A pen that presses less paints thinner</source>
            <translation>压感笔压力越小，笔画越细</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/editing/fills.py" />
            <source>Fill</source>
            <translation>填充</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Remove what is masked and recover what lies behind</source>
            <translation>移除蒙版覆盖的内容，并恢复其后的画面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Another try</source>
            <translation>再试一次</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fill the last hole again, differently</source>
            <translation>以不同方式重新填充上一个区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>More ways</source>
            <translation>更多方案</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Three fills of other kinds to choose from; what is shown stays</source>
            <translation>再做三种不同类型的填充供选择；当前显示的保持不变</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Faces by search</source>
            <translation>搜索人脸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Search a small network for faces that fit, best first; slow, blurred and worse than the best method</source>
            <translation>在一个小网络里搜索合适的脸，最好的在前；慢、模糊，不如最佳方法</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Stop the stroke or the job under way</source>
            <translation>停止当前的描画或任务</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Cancel all</source>
            <translation>全部取消</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Stop the job under way and those that wait</source>
            <translation>停止正在进行和等待中的任务</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show structure</source>
            <translation>显示结构</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Lay the predicted parsing map over the photo</source>
            <translation>在照片上叠加预测的解析图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Read structure behind the mask</source>
            <translation>读取蒙版后的结构</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Predict the parsing map, hole included</source>
            <translation>预测解析图，包括待填充区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Compare with a divider</source>
            <translation>分割线对比</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Original on the left of a line, result on the right</source>
            <translation>分割线左侧为原图，右侧为结果</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Compare side by side</source>
            <translation>并排对比</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Original and result next to each other</source>
            <translation>并排显示原图和结果</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show invented pixels</source>
            <translation>显示生成的像素</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Tint what no camera has seen</source>
            <translation>为相机未曾拍到的部分着色</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Export map of invented pixels…</source>
            <translation>导出生成像素图…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Write that map to a PNG file</source>
            <translation>将生成像素图写入 PNG 文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show skeleton</source>
            <translation>显示骨架</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Draw the joints over the photo; drag them</source>
            <translation>在照片上显示关节，可拖动调整</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fill again from this structure</source>
            <translation>按此结构重新填充</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fill by the labels and joints that you want</source>
            <translation>按照您指定的标签和关节填充</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Clear marks of what may be copied</source>
            <translation>清除复制来源标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Take away what is marked to be copied from, or not to be</source>
            <translation>去掉所有“从此处复制”和“勿从此处复制”的标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Clear painted labels</source>
            <translation>清除绘制的标签</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Forget the labels that you painted</source>
            <translation>放弃您绘制的标签</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/session/joint_editing.py" />
            <source>Reset joints</source>
            <translation>重置关节</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Let all joints be predicted again</source>
            <translation>重新预测所有关节</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Zoom in</source>
            <translation>放大</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Zoom out</source>
            <translation>缩小</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Fit photo</source>
            <translation>适合窗口</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show the whole photo</source>
            <translation>显示整张照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>100 %</source>
            <translation>100%</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show photo pixels as screen pixels</source>
            <translation>照片像素与屏幕像素一一对应</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show panels</source>
            <translation>显示面板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show or hide the panels beside the photo</source>
            <translation>显示或隐藏照片旁的面板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Show folder</source>
            <translation>显示文件夹</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Small pictures of the photos beside this one</source>
            <translation>与当前照片同一文件夹的照片缩略图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Preferences…</source>
            <translation>首选项…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Theme, autosave, device, precision, threads and keys</source>
            <translation>主题、自动保存、设备、精度、线程和快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Weights…</source>
            <translation>权重…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Networks in use: data, terms, figures, checksum; import others</source>
            <translation>正在使用的网络：数据、条款、指标和校验和；可导入其他权重</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <location filename="../../portrait_studio/gui/dialogs/key_sheet.py" />
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Keys</source>
            <translation>快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>List all keys and gestures</source>
            <translation>列出所有快捷键和手势</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/gui/dialogs/news_dialog.py" />
            <source>What is new</source>
            <translation>新功能</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>What each version brought</source>
            <translation>每个版本带来的变化</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>About</source>
            <translation>关于</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Version, licences, weights, and a report for a mistake</source>
            <translation>版本、许可、权重，以及错误报告</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Drag</source>
            <translation>拖动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Paint with the tool in hand</source>
            <translation>用当前工具绘制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Right-drag, Alt+drag</source>
            <translation>右键拖动、Alt+拖动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Stroke around a thing</source>
            <translation>绕物体画一圈</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark all of it, if Loops take what they surround is on</source>
            <translation>标记整个物体（需打开“圈选时包含内部”）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Click with Pick things</source>
            <translation>用“点选物体”单击</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark a thing or a person; Shift adds, Alt takes away</source>
            <translation>标记物体或人物；Shift 添加，Alt 减去</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Click a dot with Pick things</source>
            <translation>用“点选物体”单击圆点</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Mark the person, or keep whom the mask takes; Delete keeps the one under the pointer</source>
            <translation>标记此人，或保留已被蒙版选中的人；删除键保留指针下的人</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Drag with Pick things</source>
            <translation>用“点选物体”拖动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Find the thing that fills the rectangle; clicks near what was found add to it or take away</source>
            <translation>找出充满矩形的物体；在其附近单击（配合 Shift 或 Alt）可增补或去除</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Drag an edge with Extend</source>
            <translation>用“扩展画布”拖动边缘</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Extend the canvas; Enter fills what is new, Esc leaves</source>
            <translation>扩展画布；回车键填充新增区域，Esc 退出</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Shift+click</source>
            <translation>Shift+单击</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Straight stroke from the end of the last one</source>
            <translation>从上一笔的终点画直线</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Drag a joint of the skeleton</source>
            <translation>拖动骨架的关节</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Put it elsewhere; arrow keys nudge it, Shift by 10</source>
            <translation>移动关节；方向键微移，按住 Shift 每次移动 10 像素</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Alt+wheel</source>
            <translation>Alt+滚轮</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Brush size</source>
            <translation>画笔大小</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Ctrl+wheel, pinch</source>
            <translation>Ctrl+滚轮、双指捏合</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Zoom at the pointer</source>
            <translation>以指针为中心缩放</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Space+drag, middle-drag</source>
            <translation>空格+拖动、中键拖动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Move the photo, even mid-stroke</source>
            <translation>移动照片，描画途中也可以</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Wheel, arrow keys</source>
            <translation>滚轮、方向键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Scroll</source>
            <translation>滚动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>\ (hold)</source>
            <translation>\（按住）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <location filename="../../portrait_studio/gui/panels/tool_bars.py" />
            <source>Compare with the original</source>
            <translation>与原图对比</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Arrow keys, Space, Delete</source>
            <translation>方向键、空格键、删除键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>With Point with the keys, move the pointer and press; Shift: in small steps, Ctrl: in large ones</source>
            <translation>启用“用按键指向”时，移动指针并按下；Shift 小步移动，Ctrl 大步移动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Left, right</source>
            <translation>左、右方向键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>With candidates, the one before, the next; up and down go through holes, Enter keeps</source>
            <translation>有候选结果时，切换上一个、下一个；上下键切换区域，回车键保留</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Drop a file</source>
            <translation>拖入文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/command_table.py" />
            <source>Open it</source>
            <translation>打开该文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Something to try: paint over the patch on the suit, or drag a rectangle around the space shuttle with Pick things (W). Then press Enter.</source>
            <translation>试一试：涂抹宇航服上的徽章，或用“点选物体”（W）在航天飞机周围拖出矩形，然后按回车。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Export the edit record</source>
            <translation>导出编辑记录</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Open a photo or a project</source>
            <translation>打开照片或项目</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Save the project as</source>
            <translation>项目另存为</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Export layers</source>
            <translation>导出图层</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>Saved {name}.</source>
            <translation>已保存 {name}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Wrote {name}.</source>
            <translation>已写入 {name}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Wrote {name}; portrait-studio replay repeats the edit from it.</source>
            <translation>已写入 {name}；可用 portrait-studio replay 重现这次编辑。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Photos and projects</source>
            <translation>照片和项目</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Projects</source>
            <translation>项目</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <location filename="../../portrait_studio/gui/commands/mask_commands.py" />
            <location filename="../../portrait_studio/gui/commands/reference_commands.py" />
            <source>All files</source>
            <translation>所有文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Portrait Studio projects</source>
            <translation>Portrait Studio 项目</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>Edit records</source>
            <translation>编辑记录</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>The result is in the clipboard.</source>
            <translation>结果已复制到剪贴板。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>The photo is still being written; try again in a moment.</source>
            <translation>照片仍在写入，请稍后再试。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>This is the last photo of the folder.</source>
            <translation>这是文件夹中的最后一张照片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>This is the first photo of the folder.</source>
            <translation>这是文件夹中的第一张照片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/file_commands.py" />
            <source>There is no picture to open; copy one first.</source>
            <translation>没有可打开的图片，请先复制一张。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>Joints steer only what is behind the mask; this one lies beside it.</source>
            <translation>关节点只影响蒙版之后的内容；此关节点在蒙版之外。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>Cancelled; the new area is not filled.</source>
            <translation>已取消，新增区域尚未填充。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>Cancelled; nothing was changed.</source>
            <translation>已取消，未作任何更改。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>Still looking at the photo; try again in a moment.</source>
            <translation>仍在分析照片，请稍后再试。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>The network that finds things is missing; click a thing, or paint over it.</source>
            <translation>缺少用来寻找物体的网络；请单击物体，或直接涂抹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>{job} goes on; Esc cancels it, then you can paint.</source>
            <translation>{job}，尚未完成；按 Esc 取消后即可绘制。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>Paint over something first; then Enter removes it.</source>
            <translation>请先涂抹要移除的内容，再按回车键。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>Nothing there has a name; drag a rectangle around it, or paint over it.</source>
            <translation>此处没有能叫出名称的物体；请拖出矩形框住它，或直接涂抹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/fill_commands.py" />
            <source>No person or thing was recognised there; paint over it instead.</source>
            <translation>此处未识别到人物或物体，请改用涂抹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/mask_commands.py" />
            <source>Import a mask</source>
            <translation>导入蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/mask_commands.py" />
            <source>Export the mask</source>
            <translation>导出蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/mask_commands.py" />
            <source>Masks</source>
            <translation>蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/menus.py" />
            <source>&amp;File</source>
            <translation>文件(&amp;F)</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/menus.py" />
            <source>&amp;Edit</source>
            <translation>编辑(&amp;E)</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/menus.py" />
            <source>&amp;Mask</source>
            <translation>蒙版(&amp;M)</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/menus.py" />
            <source>&amp;Canvas</source>
            <translation>画布(&amp;C)</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/menus.py" />
            <source>&amp;View</source>
            <translation>视图(&amp;V)</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/menus.py" />
            <source>&amp;Help</source>
            <translation>帮助(&amp;H)</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/recent_menu.py" />
            <source>Clear list</source>
            <translation>清空列表</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/reference_commands.py" />
            <source>Add other photos of the same person or place</source>
            <translation>添加同一人物或同一地点的其他照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/reference_commands.py" />
            <source>Photos</source>
            <translation>照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/save_back.py" />
            <source>Save back to {name}</source>
            <translation>写回 {name}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/commands/view_commands.py" />
            <source>Export the map of invented pixels</source>
            <translation>导出生成像素图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Removes things from photographs of people and recovers the body behind them, offline: nothing is uploaded or downloaded. What is painted is invented; it is no evidence of what was there.

The program and its translations are under the Apache License 2.0, the demo photo in the public domain; the terms of the weights stand in the weights dialog and in their model cards. Qt is used under the LGPL.</source>
            <translation>从人物照片中移除物体，并恢复其后的身体；全程离线，不上传也不下载任何内容。填充的内容是生成的，不能证明那里原本有什么。

本程序及其译文采用 Apache License 2.0 许可，示例照片属于公有领域；权重的使用条款见“权重”对话框及其模型卡。Qt 依据 LGPL 使用。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>intact</source>
            <translation>完好</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>missing or changed</source>
            <translation>缺失或已改动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>About Portrait Studio</source>
            <translation>关于 Portrait Studio</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Fills run on: {device}</source>
            <translation>填充运行于：{device}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Parts and their licences</source>
            <translation>组件及其许可</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Parts</source>
            <translation>组成部分</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Copy report</source>
            <translation>复制报告</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Copy versions, device and checksums to the clipboard, for the report of a mistake</source>
            <translation>将版本、设备和校验和复制到剪贴板，用于报告错误</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Part</source>
            <translation>组件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Version</source>
            <translation>版本</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>Licence</source>
            <translation>许可</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Task</source>
            <translation>任务</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>SHA-256</source>
            <translation>SHA-256 校验和</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Status</source>
            <translation>状态</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>not known yet</source>
            <translation>尚不清楚</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/about_dialog.py" />
            <source>see the package</source>
            <translation>见该软件包</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Every pixel gets a new value by this conversion.</source>
            <translation>此转换会改变每个像素的值。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Export</source>
            <translation>导出</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>File to write</source>
            <translation>要写入的文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>File format</source>
            <translation>文件格式</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Quality</source>
            <translation>质量</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Browse…</source>
            <translation>浏览…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Metadata</source>
            <translation>元数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Profile</source>
            <translation>配置文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Size</source>
            <translation>尺寸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>File size</source>
            <translation>文件大小</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>Export to</source>
            <translation>导出到</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_dialog.py" />
            <source>As the source ({quality})</source>
            <translation>与源文件相同（{quality}）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>{width} x {height}, as it is</source>
            <translation>{width} x {height}，原尺寸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Say in the file that a network made parts of it</source>
            <translation>在文件中注明部分内容由神经网络生成</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>IPTC's digital source type, which stock agencies and platforms read</source>
            <translation>IPTC 数字来源类型，图库与平台会读取它</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Sign it with Content Credentials</source>
            <translation>用内容凭证签名</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>A signed statement of what was done to the picture (C2PA)</source>
            <translation>关于图片经过何种处理的签名声明（C2PA）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Keep the photo's own</source>
            <translation>保留照片自带的配置文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>None in the photo</source>
            <translation>照片中没有</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Colour profile</source>
            <translation>颜色配置文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Size in pixels</source>
            <translation>像素尺寸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Estimated size of the file</source>
            <translation>估计的文件大小</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Keep all metadata</source>
            <translation>保留全部元数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Leave out where it was taken</source>
            <translation>去除拍摄地点</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Leave out all</source>
            <translation>全部去除</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/export_options.py" />
            <source>Convert to sRGB</source>
            <translation>转换为 sRGB</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>moving what is shown or chosen</source>
            <translation>移动所显示或所选的内容</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>comparing with the original</source>
            <translation>与原图对比</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>moving the photo</source>
            <translation>移动照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>going to the next control</source>
            <translation>转到下一个控件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Commands and their keys</source>
            <translation>命令及其快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Search commands and keys</source>
            <translation>搜索命令和快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>New keys of the chosen command</source>
            <translation>所选命令的新快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Usual keys</source>
            <translation>默认快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Give the chosen command its usual keys again</source>
            <translation>恢复所选命令的默认快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>No key</source>
            <translation>无快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Take all keys of the chosen command away</source>
            <translation>移除所选命令的全部快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Choose a command, then press its new keys in the field.</source>
            <translation>选择一个命令，然后在输入框中按下新的快捷键。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>no key</source>
            <translation>无快捷键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>{command}: {keys}.</source>
            <translation>{command}：{keys}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>{shown} belongs to: {owner}. Press other keys, or change that first.</source>
            <translation>{shown} 已用于“{owner}”。请按其他键，或先更改该命令。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_editor.py" />
            <source>{keys} belongs to: {owner}. Change that first.</source>
            <translation>{keys} 已用于“{owner}”。请先更改该命令。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_sheet.py" />
            <source>Keys and gestures</source>
            <translation>快捷键和手势</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_sheet.py" />
            <source>Keys and what they do</source>
            <translation>快捷键及其作用</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_sheet.py" />
            <source>Search keys and commands</source>
            <translation>搜索快捷键和命令</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/key_sheet.py" />
            <source>What happens</source>
            <translation>作用</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Something went wrong inside the program. Your photo is still open; undo the last step if it looks wrong.</source>
            <translation>程序内部出错。您的照片仍处于打开状态；如果画面不对，请撤销上一步。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>They are lost unless you save them as a project first.</source>
            <translation>如果不先保存为项目，这些编辑将会丢失。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Save project…</source>
            <translation>保存项目…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>“{name}” has edits that are neither saved nor exported.</source>
            <translation>“{name}”含有尚未保存也未导出的编辑。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>“{name}” exists already.</source>
            <translation>“{name}”已存在。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Replacing it destroys what is in it now.</source>
            <translation>替换后，其中现有的内容将丢失。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Discard edits</source>
            <translation>放弃编辑</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>“{name}” is the photo that you opened.</source>
            <translation>“{name}”就是您打开的照片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Replacing it destroys the original; it cannot be brought back.</source>
            <translation>替换会毁掉原图，且无法恢复。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Replace</source>
            <translation>替换</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>What went wrong</source>
            <translation>错误说明</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Copy the message to the clipboard</source>
            <translation>将消息复制到剪贴板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>They are lost unless you save them back into that file first.</source>
            <translation>除非先写回该文件，否则这些修改将丢失。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Save back</source>
            <translation>写回</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/message_boxes.py" />
            <source>Log of the error</source>
            <translation>错误日志</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/news_dialog.py" />
            <source>CHANGELOG.md</source>
            <translation>CHANGELOG.zh_CN.md</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <source>Choose a page</source>
            <translation>选择页面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <source>{name} holds {count} pictures</source>
            <translation>{name} 含有 {count} 张图片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <source>One of them is edited and saved; the file keeps all of them.</source>
            <translation>只编辑和保存其中一张；原文件保留全部图片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <source>Pages</source>
            <translation>页面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/page_dialog.py" />
            <source>Page {page}</source>
            <translation>第 {page} 页</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Another language comes with the next start of the program.</source>
            <translation>所选语言将在下次启动程序时生效。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Automatic</source>
            <translation>自动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>NVIDIA GPU (CUDA)</source>
            <translation>NVIDIA GPU（CUDA）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Apple GPU</source>
            <translation>Apple GPU</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>float32 (exact)</source>
            <translation>float32（精确）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>bfloat16 (faster on some CPUs)</source>
            <translation>bfloat16（在部分 CPU 上更快）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>As the system</source>
            <translation>跟随系统</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Light</source>
            <translation>浅色</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Never</source>
            <translation>从不</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Every 30 seconds</source>
            <translation>每 30 秒</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Every minute</source>
            <translation>每分钟</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Every 5 minutes</source>
            <translation>每 5 分钟</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Preferences</source>
            <translation>首选项</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Theme</source>
            <translation>主题</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>Device</source>
            <translation>设备</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Precision on the CPU</source>
            <translation>CPU 上的精度</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Autosave</source>
            <translation>自动保存</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Pages of the preferences</source>
            <translation>首选项页面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>General</source>
            <translation>常规</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Computing</source>
            <translation>计算</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Autosaved work lies in your data folder and is offered after a crash. It is also kept when the window loses the focus, unless autosave is off.</source>
            <translation>自动保存的内容存放在您的数据文件夹中，崩溃后可以恢复。窗口失去焦点时也会保存，除非关闭自动保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>They hold from the next fill on. Automatic takes the fastest device of this machine, and bfloat16 only where a short measurement says that it pays.</source>
            <translation>从下一次填充起生效。“自动”会选用本机最快的设备，并且只在简短测试表明有益时才使用 bfloat16。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Threads of the CPU</source>
            <translation>CPU 线程数</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>As many as there are</source>
            <translation>全部可用线程</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/preferences_dialog.py" />
            <source>Threads</source>
            <translation>线程数</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Cannot be read, and stays in {folder}: {names}</source>
            <translation>无法读取，仍保留在 {folder}：{names}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Recover unsaved work</source>
            <translation>恢复未保存的工作</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>The program ended unexpectedly</source>
            <translation>程序意外退出</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>These edits were kept. Recover one to go on where you were.</source>
            <translation>以下编辑已保留。恢复其中一项，即可从中断处继续。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Recover</source>
            <translation>恢复</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Delete…</source>
            <translation>删除…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Delete the chosen work for good</source>
            <translation>永久删除所选工作</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Not now</source>
            <translation>以后再说</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Ask again at the next start</source>
            <translation>下次启动时再询问</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Unsaved work</source>
            <translation>未保存的工作</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Kept {time}</source>
            <translation>保留于 {time}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Delete the unsaved edits of “{name}”?</source>
            <translation>要删除“{name}”未保存的编辑吗？</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>They cannot be brought back. The photo itself is not touched.</source>
            <translation>删除后无法恢复。照片本身不受影响。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/recovery_dialog.py" />
            <source>Delete</source>
            <translation>删除</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Measured</source>
            <translation>测得指标</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Trained on</source>
            <translation>训练数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Model card: data, terms and figures</source>
            <translation>模型卡：数据、条款和指标</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Import from file…</source>
            <translation>从文件导入…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Use a weights file that portrait-trainer exported</source>
            <translation>使用 portrait-trainer 导出的权重文件</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Use the shipped ones</source>
            <translation>使用自带权重</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Remove imported weights and use those that came with the program</source>
            <translation>移除导入的权重，改用程序自带的权重</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>The variable {variable} says which weights are used, so that imported ones would not be; start the program without it to import some.</source>
            <translation>变量 {variable} 指定了所用的权重，导入的权重不会被使用；请在不设该变量的情况下启动程序再导入。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Import weights</source>
            <translation>导入权重</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>In use: {folder}</source>
            <translation>正在使用：{folder}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>In use: {folder}, as {variable} says</source>
            <translation>正在使用：{folder}（由 {variable} 指定）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>missing or damaged</source>
            <translation>缺失或损坏</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Remove the imported weights and use the shipped ones?</source>
            <translation>删除导入的权重并改用随附的权重？</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>{folder} is deleted and cannot be brought back.</source>
            <translation>{folder} 将被删除，且无法恢复。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>Remove</source>
            <translation>删除</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/dialogs/weights_dialog.py" />
            <source>There is no model card beside this file; its terms are not known.</source>
            <translation>此文件旁没有模型卡，使用条款未知。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/main_window.py" />
            <source>Mask</source>
            <translation>蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/main_window.py" />
            <source>Canvas</source>
            <translation>画布</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/main_window.py" />
            <source>Structure</source>
            <translation>结构</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/main_window.py" />
            <source>Stages</source>
            <translation>阶段</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/main_window.py" />
            <location filename="../../portrait_studio/gui/panels/history_panel.py" />
            <source>History</source>
            <translation>历史记录</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/banner.py" />
            <source>Close the message</source>
            <translation>关闭消息</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>The network says what is there, the photo's own patches say how it looks; best on average</source>
            <translation>由网络判断有什么，由照片自身的图块决定外观；平均效果最好</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>The same with patches from the left of the hole, where they suffice</source>
            <translation>同上，但只取区域左侧的图块（足够时）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>The same with patches from the right of the hole, where they suffice</source>
            <translation>同上，但只取区域右侧的图块（足够时）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Only patches of the photo itself: sharp, but they know no shapes</source>
            <translation>只用照片自身的图块：清晰，但不懂形状</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Nothing is borrowed from other photos</source>
            <translation>不从其他照片借用任何内容</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>The shoe is not copied from the other one</source>
            <translation>不从另一只鞋复制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Other shoes among those that the program knows</source>
            <translation>程序所知道的其他鞋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>What the photo shows there stays, only its surface is made anew</source>
            <translation>照片中原有的内容保留，只重做表面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Nobody is behind the hole, only the background</source>
            <translation>区域后面没有人，只有背景</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>The body goes on behind the hole</source>
            <translation>身体在区域后面延续</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Only what the network paints: soft, but all of one piece</source>
            <translation>只用网络绘制的内容：较柔和，但浑然一体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>By a network that knows nothing of people; so far worse than the best method</source>
            <translation>由不了解人物的网络绘制；目前不如最佳方法</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Found among the faces of a small network: blurred, and worse than the best method</source>
            <translation>在一个小网络的脸中找到：模糊，不如最佳方法</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>Another body or garment than the likeliest one, drawn from what is in doubt</source>
            <translation>从不确定之处另取一种身体或服装，而非最可能的一种</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_captions.py" />
            <source>{name} {number}</source>
            <translation>{name} {number}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Candidates: left and right choose, up and down go through the holes, Enter keeps</source>
            <translation>候选结果：左右键选择，上下键切换区域，回车键保留</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Keep</source>
            <translation>保留</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Keep what is shown (Enter)</source>
            <translation>保留当前显示的结果（回车）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Keep the candidate that is shown</source>
            <translation>保留当前显示的候选结果</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Candidate {number}: {kind}</source>
            <translation>候选结果 {number}：{kind}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>{number} of {count}</source>
            <translation>第 {number} 个，共 {count} 个</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>All</source>
            <translation>全部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>{name}. {meaning}</source>
            <translation>{name}。{meaning}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Choose for hole {place}</source>
            <translation>为第 {place} 个区域选择</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/candidate_strip.py" />
            <source>Choose for all holes</source>
            <translation>为所有区域选择</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Left</source>
            <translation>左</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Top</source>
            <translation>上</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Right</source>
            <translation>右</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Bottom</source>
            <translation>下</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>How far the canvas is extended at the {side}, in pixels</source>
            <translation>画布{side}扩展的像素数</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Pixels added at the {side}; below 0 it is cropped</source>
            <translation>在{side}增加的像素数；小于 0 时裁剪</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>{percent:.0f} %</source>
            <translation>{percent:.0f}%</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>To ratio…</source>
            <translation>按比例…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Extend to a ratio of width to height</source>
            <translation>扩展到指定的宽高比</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Extend until the canvas has this ratio of width to height</source>
            <translation>扩展画布，直到达到此宽高比</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Size of the new canvas</source>
            <translation>新画布的尺寸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/canvas_panel.py" />
            <source>Drag an edge or a corner outwards, or type how far. Enter fills what is new, Esc leaves.</source>
            <translation>向外拖动边缘或角点，或输入扩展量。回车键填充新增区域，Esc 退出。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/central_widget.py" />
            <source>Let go to open it</source>
            <translation>松开即可打开</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/empty_state.py" />
            <source>No photo is open</source>
            <translation>未打开照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/empty_state.py" />
            <source>Drop a photo of a person here</source>
            <translation>将人物照片拖到这里</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/empty_state.py" />
            <source>Then click a bag with Pick things (W) or paint over what shall go, and press Enter:
the person and the scene behind it are recovered.</source>
            <translation>然后用“点选物体”（W）点击包，或涂抹要移除的内容，并按回车键，
其后的人物和场景就会恢复。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/folder_strip.py" />
            <source>Photos of this folder</source>
            <translation>此文件夹中的照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/folder_strip.py" />
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/history_panel.py" />
            <source>Photo as it was opened</source>
            <translation>打开时的照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/history_panel.py" />
            <source>Click a step to go back to it; nothing is lost until you do something new</source>
            <translation>单击步骤即可回到该步；在进行新操作之前不会丢失任何内容</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/history_panel.py" />
            <source>Click a step to go back to it. Nothing is lost until you do something new.</source>
            <translation>单击步骤即可回到该步。在进行新操作之前不会丢失任何内容。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>{count} waiting</source>
            <translation>{count} 项等待中</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>Job under way</source>
            <translation>正在进行的任务</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>Progress of the job</source>
            <translation>任务进度</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>Cancel the job</source>
            <translation>取消任务</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>What waits for this job; choose one to cancel it</source>
            <translation>等待此任务的任务；选择一项即可取消</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>Cancel {place}: {kind}</source>
            <translation>取消第 {place} 项：{kind}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>{text}; choose one to cancel it</source>
            <translation>{text}；选择一项即可取消</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/job_bar.py" />
            <source>{kind}, step {step} of {count}: {stage}</source>
            <translation>{kind}，第 {step} 步，共 {count} 步：{stage}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/legend.py" />
            <source>Show {label}</source>
            <translation>显示{label}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/legend.py" />
            <source>Show or hide {label}</source>
            <translation>显示或隐藏{label}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/legend.py" />
            <source>Paint {label} into the structure with the tools</source>
            <translation>用工具在结构中绘制{label}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/legend.py" />
            <source>Paint {label}, present</source>
            <translation>绘制{label}，照片中有</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/legend.py" />
            <source>Paint {label}, not present</source>
            <translation>绘制{label}，照片中没有</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>How far the edge moves, in photo pixels</source>
            <translation>边缘移动的距离，以照片像素计</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>How far Grow and Shrink move the edge, and how soft Feather makes it</source>
            <translation>“扩大”和“收缩”移动边缘的距离，以及“羽化”的柔和程度</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>Protect {person}</source>
            <translation>保护{person}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>Numbered from left to right. The mask never reaches protected people.</source>
            <translation>从左到右编号。蒙版不会触及受保护的人物。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>The mask never reaches a protected person</source>
            <translation>蒙版不会触及受保护的人物</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>Edge by</source>
            <translation>边缘量</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>Painting</source>
            <translation>绘制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>People</source>
            <translation>人物</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>No person was found.</source>
            <translation>未找到人物。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <source>People are listed here once found.</source>
            <translation>找到的人物会列在这里。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/mask_panel.py" />
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>How tight</source>
            <translation>松紧</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Recover the body behind, only the background, or the same surface without letters, stains or scratches; automatic guesses</source>
            <translation>恢复后面的身体、只填背景，或只把表面的文字、污渍、划痕去掉；自动则由程序猜测</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Best</source>
            <translation>最佳</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>The network says what belongs there, the photo's own patches say how it looks</source>
            <translation>由网络判断该处应有什么，用照片自身的图块决定外观</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Network only</source>
            <translation>仅网络</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Softer; useful where the photo shows nothing similar</source>
            <translation>较柔和；适用于照片中没有相似内容的情况</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Patches only</source>
            <translation>仅图块</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Only copies from the photo, guided by its structure</source>
            <translation>仅从照片中复制，由结构引导</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>General network</source>
            <translation>通用网络</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Knows nothing of people, for any photo; softer, and so far worse than the best method</source>
            <translation>不了解人物，适用于任何照片；结果较柔，目前不如最佳方法</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>To body</source>
            <translation>恢复身体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>To background</source>
            <translation>变为背景</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Same surface</source>
            <translation>只换表面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Method</source>
            <translation>方法</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>How the hole is filled</source>
            <translation>填充区域的方式</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>What the fill is meant to do</source>
            <translation>填充的目的</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Drag an edge outwards, then Enter</source>
            <translation>向外拖动边缘，然后按回车键</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/options_bar.py" />
            <source>Behind the mask</source>
            <translation>蒙版之后</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/pointer_info.py" />
            <source>Kept. Click to mark this person</source>
            <translation>保留。单击可标记此人</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/pointer_info.py" />
            <source>Marked. Click or press Delete to keep this person</source>
            <translation>已标记。单击或按删除键可保留此人</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/pointer_info.py" />
            <source>Kept: the main person. Click to mark them</source>
            <translation>保留：照片主角。单击可标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/pointer_info.py" />
            <source>Still looking at the photo…</source>
            <translation>仍在分析照片…</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/references_panel.py" />
            <source>Take {name} from the list</source>
            <translation>从列表中移除 {name}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/references_panel.py" />
            <source>Other photos to borrow from</source>
            <translation>可以借用的其他照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/references_panel.py" />
            <source>Other photos</source>
            <translation>其他照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/references_panel.py" />
            <source>Fills take over what another photo of the same person or place shows: shoes, eyes, ground.</source>
            <translation>填充会采用同一人物或同一地点的其他照片中的内容：鞋、眼睛、地面。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/side_panel.py" />
            <source>Panels</source>
            <translation>面板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/stage_panel.py" />
            <source>Hole whose stages are shown</source>
            <translation>显示其阶段的区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/stage_panel.py" />
            <source>After a fill, each of its stages is shown here.</source>
            <translation>填充之后，各个阶段会显示在这里。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/stage_panel.py" />
            <source>{total:.1f} s on {device}. Press a picture to enlarge it.</source>
            <translation>用时 {total:.1f} 秒（{device}）。单击图片可放大。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/stage_panel.py" />
            <source>Enlarge {name}</source>
            <translation>放大{name}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/stage_panel.py" />
            <source>{name}, {seconds:.2f} s</source>
            <translation>{name}，{seconds:.2f} 秒</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/stage_panel.py" />
            <source>Hole {number}</source>
            <translation>区域 {number}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>{percent:.1f} %</source>
            <translation>{percent:.1f}%</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>Label under the pointer</source>
            <translation>指针处的标签</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>Position of the pointer</source>
            <translation>指针位置</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>Size of the photo</source>
            <translation>照片尺寸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/status_bar.py" />
            <source>Zoom</source>
            <translation>缩放</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>Drag a joint over the photo, or choose it here and use the arrow keys</source>
            <translation>在照片上拖动关节，或在此处选择后用方向键移动</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>Opacity of the structure</source>
            <translation>结构的不透明度</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>Joint that the arrow keys move</source>
            <translation>方向键移动的关节</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <location filename="../../portrait_studio/session/step_names.py" />
            <source>Move {about}</source>
            <translation>移动{about}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>Move no joint</source>
            <translation>不移动关节</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>The tools paint {label} now. Press {label} again, or Esc, to paint the mask.</source>
            <translation>工具现在绘制{label}。再按一次{label}或按 Esc，即可绘制蒙版。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>Labels</source>
            <translation>标签</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>Press a name and paint: the next fill obeys you.</source>
            <translation>单击名称后绘制，下一次填充会照此进行。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/structure_panel.py" />
            <source>What each part of the person is, behind the mask too.</source>
            <translation>人物各部分的类别，包括蒙版后的部分。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_bars.py" />
            <source>Hold to see the original (hold \)</source>
            <translation>按住查看原图（按住 \）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_bars.py" />
            <source>Options</source>
            <translation>选项</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_bars.py" />
            <source>Tools</source>
            <translation>工具</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>By brush, rectangle or lasso; the tool's key goes from one to the next</source>
            <translation>用画笔、矩形或套索；再按工具的键切换到下一种</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Brush diameter in photo pixels</source>
            <translation>画笔直径，以照片像素计</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Diameter in photo pixels. {tip}</source>
            <translation>直径，以照片像素计。{tip}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Shape of marks</source>
            <translation>标记的形状</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Brush size ([ and ], Alt+wheel)</source>
            <translation>画笔大小（[ 和 ]、Alt+滚轮）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>What a click takes; Shift adds to the mask, Alt takes away from it</source>
            <translation>单击选取的对象；Shift 添加到蒙版，Alt 从蒙版减去</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>How far beyond the thing the mask goes, in percent of the thing; never into skin</source>
            <translation>蒙版超出物体多远，以物体大小的百分比计；不会伸入皮肤</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Hardness</source>
            <translation>硬度</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Hardness: how sharp the edge of the brush is</source>
            <translation>硬度：画笔边缘的清晰程度</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Tighten</source>
            <translation>收紧</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>What a click takes</source>
            <translation>单击选取的对象</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Reach</source>
            <translation>外扩</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>A click takes</source>
            <translation>单击选取</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>How tight the last tightening, pick or damage lies: to the left it takes doubtful parts, too</source>
            <translation>上次收紧、点选或查找损伤有多紧：越往左，连不确定的部分也包括在内</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Drag around what shall go</source>
            <translation>拖动圈出要移除的内容</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/panels/tool_options.py" />
            <source>Mark by</source>
            <translation>标记方式</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/gui/widgets/tables.py" />
            <source>Clear the search</source>
            <translation>清除搜索内容</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/autosave.py" />
            <source>It could not be written ({reason}).</source>
            <translation>无法写入（{reason}）。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/autosave.py" />
            <source>Your work is not autosaved; save it yourself. {reason}</source>
            <translation>您的工作未能自动保存，请手动保存。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/autosave.py" />
            <source>The folder {folder} cannot be made ({reason}).</source>
            <translation>无法创建文件夹 {folder}（{reason}）。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/damage_finding.py" />
            <source>Look at what is marked before you fill it; How tight marks less or more of it.</source>
            <translation>填充之前请先检查标记的部分；用“松紧”可增减标记。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/damage_finding.py" />
            <source>No damage was found; move How tight to the left to mark what is doubtful.</source>
            <translation>没有找到损伤；将“松紧”向左移动，可标记不确定的部分。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/extending.py" />
            <source>Crop canvas</source>
            <translation>裁剪画布</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/files.py" />
            <source>Pasted picture</source>
            <translation>粘贴的图片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/files.py" />
            <source>{name}, page {page}</source>
            <translation>{name}，第 {page} 页</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/files.py" />
            <source>Import mask</source>
            <translation>导入蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Loading the engine</source>
            <translation>正在加载引擎</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Opening</source>
            <translation>正在打开</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Saving</source>
            <translation>正在保存</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Autosaving</source>
            <translation>正在自动保存</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Writing the edit record</source>
            <translation>正在写入编辑记录</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Exporting</source>
            <translation>正在导出</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Reading the mask</source>
            <translation>正在读取蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Reading other photos</source>
            <translation>正在读取其他照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Writing the mask</source>
            <translation>正在写入蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Filling</source>
            <translation>正在填充</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Reading the structure</source>
            <translation>正在读取结构</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Looking at the photo</source>
            <translation>正在分析照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Looking for people and things</source>
            <translation>正在寻找人物和物品</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Guessing the outline</source>
            <translation>正在推测轮廓</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Tightening the mask</source>
            <translation>正在收紧蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Looking for people</source>
            <translation>正在寻找人物</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Finding the thing</source>
            <translation>正在寻找物体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Looking for damage</source>
            <translation>正在查找损伤</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/jobs.py" />
            <source>Looking for the shadow</source>
            <translation>正在查找影子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/other_people.py" />
            <source>Nobody else was found in the photo; mark them by hand.</source>
            <translation>照片里没有找到其他人；请手动标记。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Feather mask</source>
            <translation>羽化蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Fill holes of the mask</source>
            <translation>填补蒙版孔洞</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Grow mask</source>
            <translation>扩大蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Shrink mask</source>
            <translation>收缩蒙版</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/painting.py" />
            <source>Erase label</source>
            <translation>擦除标签</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/people_protection.py" />
            <source>Protect people</source>
            <translation>保护人物</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/person_dots.py" />
            <location filename="../../portrait_studio/session/picking.py" />
            <source>Nothing stands out there; drag a rectangle around it, or paint over it.</source>
            <translation>此处没有明显的物体；请拖出一个矩形框住它，或直接涂抹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/person_dots.py" />
            <location filename="../../portrait_studio/session/pick_step.py" />
            <source>That belongs to a protected person; take the protection away first.</source>
            <translation>此处属于受保护的人物，请先取消保护。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/picking.py" />
            <source>thing</source>
            <translation>物体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/session.py" />
            <source>{reason} Until then you can paint and export, but not fill.</source>
            <translation>{reason}在此之前，您可以绘制和导出，但无法填充。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/session.py" />
            <source>The outline of the body could not be guessed. {reason}</source>
            <translation>无法推测身体的轮廓。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/session.py" />
            <source>People and things could not be looked for, so that there are no dots. {reason}</source>
            <translation>无法寻找人物和物品，因此没有圆点。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/session.py" />
            <source>The photo could not be looked at, so that nothing can be picked in it. {reason}</source>
            <translation>无法识别这张照片的内容，因此不能在其中选取。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/shadows.py" />
            <source>No shadow was found that surely belongs to it; mark it by hand.</source>
            <translation>没有找到确定属于它的影子；请手动标出。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/step_names.py" />
            <location filename="../../portrait_studio/editing/map_regions.py" />
            <source>person {number}</source>
            <translation>人物 {number}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/step_names.py" />
            <source>Paint {about}</source>
            <translation>绘制{about}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/step_names.py" />
            <source>Pick {about}</source>
            <translation>选取{about}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/step_names.py" />
            <source>Leave {about}</source>
            <translation>取消选取{about}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tightening.py" />
            <source>Nothing stands out there; the mask stays as you painted it.</source>
            <translation>此处没有明显的物体；蒙版保持您所画的样子。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tightening.py" />
            <source>Where nothing stands out, the mask stays as you painted it.</source>
            <translation>没有明显物体的地方，蒙版保持您所画的样子。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Thing or person</source>
            <translation>物体或人物</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Any part</source>
            <translation>任意部分</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>What looks alike</source>
            <translation>外观相近的区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Stroke</source>
            <translation>描画</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Erase stroke</source>
            <translation>擦除描画</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Erase rectangle</source>
            <translation>擦除矩形</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Erase lasso</source>
            <translation>擦除套索区域</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Not to be copied from</source>
            <translation>标记勿复制</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>Erase marks</source>
            <translation>擦除标记</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/session/tools.py" />
            <source>To be copied from</source>
            <translation>标记复制来源</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/fill_records.py" />
            <source>The fill was made by the method {name!r}, which this version of the program lacks; update it.</source>
            <translation>此填充使用的方法 {name!r} 在当前版本中不存在；请更新程序。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/hole_warnings.py" />
            <source>The mask covers a hand, and fingers are seldom made up well. Tighten the mask to the thing, or take the hand out of it.</source>
            <translation>蒙版盖住了一只手，而手指很少能补得好。请把蒙版收紧到物体，或把手从蒙版中去掉。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/hole_warnings.py" />
            <source>The mask covers much of a face, and what is made up is not that person. Tighten the mask, choose Same surface for a blemish, or paint the structure.</source>
            <translation>蒙版盖住了大半张脸，补出来的不会是本人。请收紧蒙版；若只是瑕疵，请选择“只换表面”；或者绘制结构。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/hole_warnings.py" />
            <source>The photo ends at the neck, and nothing in it tells what the head looks like: one that is made up is a stranger's, if it comes at all. Extend less, or not upwards.</source>
            <translation>照片在颈部就结束了，看不出头部的样子：补出来的即使像头，也是陌生人的。请少扩展一些，或不要向上扩展。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/hole_warnings.py" />
            <source>The photo ends above the knees, and nothing in it tells where the feet are: they will hardly come out. Extend less, or paint the structure first.</source>
            <translation>照片在膝盖以上就结束了，看不出脚在哪里：脚多半补不出来。请少扩展一些，或先绘制结构。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/map_regions.py" />
            <location filename="../../portrait_studio/engine/detection.py" />
            <source>person</source>
            <translation>人物</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/map_regions.py" />
            <source>skin</source>
            <translation>皮肤</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/editing/references.py" />
            <source>The edit was made with other photos at hand, of which {names} is missing; give each with --reference.</source>
            <translation>编辑时用到了其他照片，其中缺少 {names}；请用 --reference 逐一给出。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/document.py" />
            <source>The photo's Content Credentials do not fit other pixels and were left out; sign the result to keep them as its source.</source>
            <translation>照片的内容凭证与新像素不符，已略去；为结果签名可将其作为来源保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/document.py" />
            <location filename="../../portrait_studio/document/layered_file.py" />
            <source>The new part of the canvas is not filled yet; fill it first, or undo it.</source>
            <translation>画布的新增部分尚未填充；请先填充，或撤销扩展。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/document.py" />
            <source>Part of the fill lies where the photo is transparent, and cannot be seen there.</source>
            <translation>部分填充位于照片的透明处，在那里不可见。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/edit_record.py" />
            <source>There is nothing to record: nothing has been filled yet.</source>
            <translation>没有可记录的内容：尚未进行任何填充。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/edit_record.py" />
            <source>The edit has become too long for a record; save the project, which holds all of it.</source>
            <translation>编辑过长，无法写入编辑记录；请保存项目，其中包含全部内容。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/edit_record.py" />
            <source>{path} was written by a newer version of the program ({other}); update this one ({version}) to use it.</source>
            <translation>{path} 由较新版本的程序（{other}）写入；请更新当前版本（{version}）后再使用。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/edit_record.py" />
            <source>{given} is not the photo that the edit was made of ({name}, {width} x {height} pixels); give that one.</source>
            <translation>{given}不是进行编辑时所用的照片（{name}，{width} x {height} 像素）；请提供那张照片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/edit_record.py" />
            <source>{path} is damaged or no edit record; export it again.</source>
            <translation>{path} 已损坏，或不是编辑记录；请重新导出。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/edit_record.py" />
            <source>This picture</source>
            <translation>这张图片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/export_report.py" />
            <source>Saved {name}; {what}</source>
            <translation>已保存 {name}；{what}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/export_report.py" />
            <source>{format} encoded every pixel anew, which changed {percent:.1f} % of those outside the mask by up to {levels} of 255 levels.</source>
            <translation>{format} 重新编码了每个像素，蒙版之外有 {percent:.1f} % 的像素因此变化，幅度至多 {levels} 级（共 255 级）。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/export_report.py" />
            <source>Saved {name}; verified: {count} pixels changed outside the mask.</source>
            <translation>已保存 {name}；经核对，蒙版之外有 {count} 个像素发生变化。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/export_report.py" />
            <source>every pixel has a new value by the conversion that was chosen.</source>
            <translation>按所选的转换，每个像素都有了新的数值。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/export_report.py" />
            <source>it was not read again to verify it, for lack of memory.</source>
            <translation>内存不足，未能重新读取核对。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/packed_plane.py" />
            <source>A mask or map in the record is damaged; export the record again.</source>
            <translation>记录中的蒙版或解析图已损坏；请重新导出记录。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project.py" />
            <source>The history has become longer than a project file can hold; export the picture, and go on from that.</source>
            <translation>历史记录过长，项目文件容纳不下；请导出图片，再从导出的图片继续。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>open an older copy of it, or begin again from the photo.</source>
            <translation>请打开较早的副本，或从照片重新开始。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>{path} is damaged or no project; {advice}</source>
            <translation>{path} 已损坏，或不是项目文件；{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>The history in {path} is longer than that of any project; {advice}</source>
            <translation>{path} 中的历史记录长得超过任何项目；{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>{path} holds a canvas that cannot be; {advice}</source>
            <translation>{path} 中的画布无效；{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>The photo inside {path} cannot be read; {advice}</source>
            <translation>无法读取 {path} 中的照片；{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>{path} was not written by this program; {advice}</source>
            <translation>{path} 不是由本程序写入的；{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/project_reading.py" />
            <source>{path} was saved by a newer version of the program ({other}); update this one ({version}) to open it.</source>
            <translation>{path} 由较新版本的程序（{other}）保存；请更新当前版本（{version}）后再打开。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/reference_photos.py" />
            <source>At most {count} other photos of {most} megapixels together can be kept at hand; take others away first.</source>
            <translation>最多可以保留 {count} 张其他照片，合计 {most} 百万像素；请先移除一些。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/document/saved_file.py" />
            <source>There is not enough memory to open {path}; close other programs first.</source>
            <translation>内存不足，无法打开 {path}；请先关闭其他程序。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/bystanders.py" />
            <source>Other people were not looked for. {reason}</source>
            <translation>未能查找其他人物。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/complete_general.py" />
            <source>The general network knows nothing of people and was trained for a short time only; wherever it was measured, the best method was better.</source>
            <translation>通用网络不了解人物，且只训练了很短时间；在所有测量中，最佳方法都更好。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/complete_head.py" />
            <source>Heads were left to the parsing network. {reason}</source>
            <translation>头部改由解析网络判断。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/detection.py" />
            <source>There is no kind of thing {name!r}; choose among: {names}.</source>
            <translation>没有名为 {name!r} 的物体种类；请从以下选择：{names}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/devices.py" />
            <source>This machine has no CUDA device that PyTorch can use; choose the device auto or cpu.</source>
            <translation>本机没有 PyTorch 可用的 CUDA 设备；请将设备设为“自动”或 CPU。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/devices.py" />
            <source>This machine has no Apple GPU that PyTorch can use; choose the device auto or cpu.</source>
            <translation>本机没有 PyTorch 可用的 Apple GPU；请将设备设为“自动”或 CPU。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/extension_plan.py" />
            <source>down</source>
            <translation>向下</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/extension_plan.py" />
            <source>up</source>
            <translation>向上</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/extension_plan.py" />
            <source>to the left</source>
            <translation>向左</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/extension_plan.py" />
            <source>to the right</source>
            <translation>向右</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/extension_plan.py" />
            <source>The canvas was extended {ways} further than can be done well at once, so it was filled in {count} steps; look at it closely, or extend less.</source>
            <translation>画布{ways}扩展得较多，一次难以处理好，因此分 {count} 步填充；请仔细检查结果，或减少扩展量。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/extension_plan.py" />
            <source>{first} and {rest}</source>
            <translation>{first}和{rest}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fallback.py" />
            <source>Memory ran out; a smaller work crop was used, so detail may be coarser.</source>
            <translation>内存不足，已改用较小的处理范围，细节可能较粗糙。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fallback.py" />
            <source>The graphics device ran out of memory; the job went on, more slowly, on the CPU.</source>
            <translation>图形设备内存不足，任务已改在 CPU 上继续，速度较慢。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fallback.py" />
            <source>The graphics device lacks an operation; the job went on on the CPU.</source>
            <translation>图形设备缺少某种运算，任务已改在 CPU 上继续。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fallback.py" />
            <source>There is not enough memory to fill this hole; close other programs or paint a smaller mask.</source>
            <translation>内存不足，无法填充此区域；请关闭其他程序，或缩小蒙版。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>network and patches</source>
            <translation>网络与图块</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>patches from the left</source>
            <translation>左侧图块</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>patches from the right</source>
            <translation>右侧图块</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>patches only</source>
            <translation>仅图块</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>without other photos</source>
            <translation>不借用其他照片</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>without the other shoe</source>
            <translation>不用另一只鞋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>other shoes</source>
            <translation>另一双鞋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>same surface</source>
            <translation>同一表面</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>background only</source>
            <translation>仅背景</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>body behind</source>
            <translation>后面的身体</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>network only</source>
            <translation>仅网络</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>general network</source>
            <translation>通用网络</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>face by search</source>
            <translation>搜索到的脸</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/fill_variants.py" />
            <source>another structure</source>
            <translation>另一种结构</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/hole_face.py" />
            <source>No face is behind the hole that could be searched for.</source>
            <translation>洞后面没有可以搜索的脸。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/hole_face.py" />
            <source>The face was not redrawn. {reason}</source>
            <translation>脸部未能重绘。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/hole_face.py" />
            <source>The face was not refined. {reason}</source>
            <translation>脸部未能修整。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/hole_texture.py" />
            <source>Nothing near a hole may be copied, so it is filled smoothly. Erase some marks.</source>
            <translation>空洞附近没有可复制的内容，因此只作平滑填充。请擦除部分标记。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/invent_feet.py" />
            <source>Feet were left to the patches. {reason}</source>
            <translation>脚部改用图块填充。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/label_mask.py" />
            <source>There is no label {name!r}; choose among: {names}.</source>
            <translation>没有标签 {name!r}；请从以下选项中选择：{names}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/pipeline.py" />
            <source>The click lies outside the photo; choose a place inside it.</source>
            <translation>点击的位置在照片之外；请选择照片内的位置。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>parse</source>
            <translation>解析</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>complete</source>
            <translation>补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <location filename="../../portrait_studio/engine/request.py" />
            <source>texture</source>
            <translation>纹理</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>refine face</source>
            <translation>修整脸部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>blend</source>
            <translation>融合</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Parsing map</source>
            <translation>解析图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Heatmaps of the joints</source>
            <translation>关节热图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Completion</source>
            <translation>补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Texture</source>
            <translation>纹理</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Face before</source>
            <translation>修整前的脸部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Parts of the face</source>
            <translation>脸部各部分</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Face after</source>
            <translation>修整后的脸部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Composite</source>
            <translation>合成</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/progress.py" />
            <source>Blended</source>
            <translation>融合</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/references/borrowing.py" />
            <source>{name} shows nothing that fits here; the photo was filled without it.</source>
            <translation>{name} 中没有适合此处的内容；填充时没有用到它。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/references/borrowing.py" />
            <source>Only the default method borrows from other photos.</source>
            <translation>只有默认方法会借用其他照片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>what both show</source>
            <translation>两张照片共有的场景</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>shoes</source>
            <translation>鞋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <location filename="../../portrait_studio/networks/registry.py" />
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>face</source>
            <translation>脸部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>Nothing of the photo would be left; extend the canvas less.</source>
            <translation>照片将没有任何剩余部分；请减少画布的扩展量。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>The new part of the canvas is not masked; mask all of it.</source>
            <translation>画布的新增部分未加入蒙版；请将其全部加入蒙版。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>The parsing map is not of the photo's size; make it from this photo.</source>
            <translation>解析图与照片尺寸不符；请用这张照片生成解析图。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>The seed must be a whole number from 0 to 9223372036854775807.</source>
            <translation>种子必须是 0 到 9223372036854775807 之间的整数。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>The blend band cannot be narrower than 0 pixels; choose 0 or more.</source>
            <translation>融合带的宽度不能小于 0 像素；请选择 0 或更大的值。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>The marks of what may be copied are not of the photo's size; make them anew.</source>
            <translation>复制来源标记与照片大小不符；请重新标记。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/request.py" />
            <source>Nothing may be copied: all around the mask is marked as not to be copied from. Erase some of these marks.</source>
            <translation>没有可复制的内容：蒙版周围全部标记为勿复制。请擦除部分标记。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/texture/options.py" />
            <source>The patch size must be odd and at least 3 pixels, not {patch_px}.</source>
            <translation>图块大小必须是不小于 3 像素的奇数，不能是 {patch_px}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/texture/options.py" />
            <source>The texture stage needs at least one level and one iteration; raise the value.</source>
            <translation>纹理阶段至少需要一层和一次迭代；请增大该值。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/texture/options.py" />
            <source>The texture option {name} must lie between 0 and 1.</source>
            <translation>纹理选项 {name} 必须在 0 到 1 之间。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/thing_masks.py" />
            <source>Nothing goes by the name {name!r}; choose among: {names}.</source>
            <translation>没有叫 {name!r} 的东西；请从这些中选择：{names}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/engine/visible_in_hole.py" />
            <source>What stands in a hole was not looked for. {reason}</source>
            <translation>没有查找遮罩里的物体。{reason}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>{path} could not be written ({reason}); choose another name or folder.</source>
            <translation>无法写入 {path}（{reason}）；请选择其他文件名或文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>{path} is a folder; give the name of a file in it.</source>
            <translation>{path} 是文件夹；请给出其中的文件名。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>There is no folder {parent}; create it or choose another one.</source>
            <translation>文件夹 {parent} 不存在；请创建它，或选择其他文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>{path} is not an ordinary file; choose another name.</source>
            <translation>{path} 不是普通文件；请选择其他文件名。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>{path} is write-protected; choose another name or remove the protection.</source>
            <translation>{path} 受写保护；请选择其他文件名，或解除保护。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>There is not enough space on the disk for {path}; free some or choose another folder.</source>
            <translation>磁盘空间不足，无法写入 {path}；请释放空间，或选择其他文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>Nothing may be written in the folder {folder}; choose another one.</source>
            <translation>没有写入文件夹 {folder} 的权限；请选择其他文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>{path} is a link that leads back to itself; choose another name.</source>
            <translation>{path} 是指回自身的链接；请选择其他名称。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/atomic.py" />
            <source>The folder {folder} cannot be made ({reason}); choose another one.</source>
            <translation>无法创建文件夹 {folder}（{reason}）；请选择其他文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/bit_depth.py" />
            <source>The photo has {bits} bits per channel; it is edited and saved with 16.</source>
            <translation>照片每通道为 {bits} 位，将按 16 位编辑和保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/bit_depth.py" />
            <source>The photo holds floating-point numbers; it is edited and saved with 16 bits.</source>
            <translation>照片使用浮点数，将按 16 位编辑和保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/bit_depth.py" />
            <source>{path} holds negative numbers, which are measurements and no colours; convert it to 8- or 16-bit RGB first.</source>
            <translation>{path} 含有负数，这是测量值而非颜色；请先转换为 8 位或 16 位 RGB。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/bit_depth.py" />
            <source>{path} holds floating-point numbers from {low:.4g} to {high:.4g}, of which only 0 to 1 are black to white; scale them to that range or convert it to 16-bit RGB first.</source>
            <translation>{path} 含有从 {low:.4g} 到 {high:.4g} 的浮点数，而只有 0 到 1 表示黑到白；请先缩放到该范围，或转换为 16 位 RGB。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/bit_depth.py" />
            <source>The photo's numbers have a sign; it is edited and saved without.</source>
            <translation>照片的数值带有正负号，将按无符号数编辑和保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/canvas_extension.py" />
            <source>{text!r} is no length; write it like 33%, 64px or 64.</source>
            <translation>{text!r} 不是长度；请写成 33%、64px 或 64 的形式。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/canvas_extension.py" />
            <source>{text!r} is no ratio of width to height; write it like 4:5 or 16:9.</source>
            <translation>{text!r} 不是宽高比；请写成 4:5 或 16:9 的形式。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/canvas_extension.py" />
            <source>Nothing would be left of the photo; cut less away.</source>
            <translation>照片将没有任何剩余部分；请减少裁剪量。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/canvas_extension.py" />
            <source>The canvas would have {width} x {height} pixels, more than the {most} megapixels that fit; extend it less.</source>
            <translation>画布将达到 {width} x {height} 像素，超出 {most} 百万像素的上限；请减少扩展量。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/content_credentials.py" />
            <source>The picture could not be signed ({reason}).</source>
            <translation>无法为图片签名（{reason}）。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/content_credentials.py" />
            <source>Content Credentials need a package more: pip install 'portrait-studio[credentials]'.</source>
            <translation>内容凭证还需要一个软件包：pip install 'portrait-studio[credentials]'。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/content_credentials.py" />
            <source>{chain} and {key} are no certificate and key to sign with (PEM, ES256: {reason}).</source>
            <translation>{chain} 和 {key} 不是可用于签名的证书和密钥（PEM，ES256：{reason}）。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/conversion.py" />
            <source>Only 8-bit colour can be converted to sRGB; the photo keeps its profile.</source>
            <translation>只有 8 位彩色照片可以转换为 sRGB；照片保留其配置文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/conversion.py" />
            <source>The photo's profile is damaged, so that it could not be converted to sRGB.</source>
            <translation>照片的颜色配置文件已损坏，无法转换为 sRGB。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/conversion.py" />
            <source>{format} holds 8 bits per channel; the photo's 16 were rounded.</source>
            <translation>{format} 每通道仅 8 位，照片的 16 位数据已取整。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/conversion.py" />
            <source>{format} holds no transparency; the photo was laid on white.</source>
            <translation>{format} 不支持透明，照片已置于白色背景上。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/conversion.py" />
            <source>The photo's colour profile does not fit this format and was left out.</source>
            <translation>照片的颜色配置文件与此格式不符，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/decoding.py" />
            <source>The photo was CMYK; it is edited and saved as sRGB.</source>
            <translation>照片原为 CMYK，将按 sRGB 编辑和保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/decoding.py" />
            <source>{path} is opened as one picture: there is no page {page}.</source>
            <translation>{path} 按一张图片打开：没有第 {page} 页。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/decoding.py" />
            <source>{path} has no page {page}; choose one from 1 to {count}.</source>
            <translation>{path} 没有第 {page} 页；请选择 1 到 {count} 之间的页。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/decoding.py" />
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>{path} stores its pixels as {mode}; convert it to 8- or 16-bit RGB first.</source>
            <translation>{path} 的像素格式为 {mode}；请先转换为 8 位或 16 位 RGB。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/decoding.py" />
            <source>{path} has more than 16 bits per pixel; convert it to 16-bit grey first.</source>
            <translation>{path} 的每个像素超过 16 位；请先转换为 16 位灰度。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/decoding.py" />
            <source>The photo was CMYK with a damaged profile; it is edited as sRGB and colours may differ.</source>
            <translation>照片原为 CMYK，且颜色配置文件已损坏；将按 sRGB 编辑，颜色可能有差异。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/export_check.py" />
            <source>{path} would not hold every pixel as it is; choose another format, and report this.</source>
            <translation>{path} 无法原样保存每个像素；请选择其他格式，并报告此问题。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/export_check.py" />
            <source>{path} could not be written so that it can be read again; choose another format.</source>
            <translation>{path} 写入后无法重新读取；请选择其他格式。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/formats.py" />
            <source>Lossless: each untouched pixel is kept exactly.</source>
            <translation>无损：未改动的像素均原样保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/formats.py" />
            <source>{name} has no known ending; use one of these: {endings}.</source>
            <translation>{name} 的扩展名无法识别；请使用以下之一：{endings}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/formats.py" />
            <source>{format} holds at most {most} pixels per side, the photo has {longest}; choose PNG or TIFF.</source>
            <translation>{format} 每边最多 {most} 像素，而照片有 {longest} 像素；请选择 PNG 或 TIFF。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/formats.py" />
            <source>JPEG encodes every pixel anew. PNG and TIFF keep untouched ones exactly.</source>
            <translation>JPEG 会重新编码每个像素。PNG 和 TIFF 则原样保留未改动的像素。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/formats.py" />
            <source>100 writes lossless WebP.</source>
            <translation>100 表示写入无损 WebP。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/formats.py" />
            <source>AVIF encodes every pixel anew, into fewer bytes than JPEG. PNG and TIFF keep untouched ones exactly.</source>
            <translation>AVIF 会重新编码每个像素，文件比 JPEG 小。PNG 和 TIFF 则精确保留未改动的像素。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/heic_reading.py" />
            <source>its brightness map for HDR screens</source>
            <translation>供 HDR 屏幕使用的亮度图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/heic_reading.py" />
            <source>The photo is edited and saved without {what}.</source>
            <translation>照片将在不含{what}的情况下编辑和保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/heic_reading.py" />
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <location filename="../../portrait_studio/imaging/pillow_reading.py" />
            <location filename="../../portrait_studio/imaging/png_reading.py" />
            <location filename="../../portrait_studio/imaging/reading.py" />
            <location filename="../../portrait_studio/imaging/tiff_pages.py" />
            <source>{path} is damaged or cut off; fetch the file again from its source.</source>
            <translation>{path} 已损坏或不完整；请从来源重新获取该文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/heic_reading.py" />
            <source>The file holds {count} pictures; only the main one is edited and saved.</source>
            <translation>文件含有 {count} 张图片；只编辑并保存主图。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/heic_reading.py" />
            <source>its depth map</source>
            <translation>深度图</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/heic_reading.py" />
            <source>The photo's colours are of another kind than sRGB; they may look pale.</source>
            <translation>照片的颜色不是 sRGB，可能显得偏淡。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <source>The file lacks its end, but all its pixels are there.</source>
            <translation>文件缺少结尾，但像素完整。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <source>{path} is a lossless JPEG, of a kind that this program cannot read; save it as PNG or TIFF first.</source>
            <translation>{path} 是本程序无法读取的无损 JPEG；请先另存为 PNG 或 TIFF。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <source>{path} goes over its pixels {count} times, as no photo does; fetch the file again from its source.</source>
            <translation>{path} 对像素扫描了 {count} 遍，照片不会如此；请从来源重新获取该文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>{path} stores inks that are not 8-bit CMYK; convert it to RGB first.</source>
            <translation>{path} 存储的油墨不是 8 位 CMYK；请先转换为 RGB。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <source>Extended XMP data, such as a depth map or another picture, was left out.</source>
            <translation>扩展 XMP 数据（如深度图或另一张图片）未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <location filename="../../portrait_studio/imaging/png_reading.py" />
            <source>Data that only its own program understands was left out: {names}.</source>
            <translation>仅原程序能理解的数据未予保留：{names}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_reading.py" />
            <source>What follows the picture in its file, such as a video or more pictures, was left out.</source>
            <translation>文件中图片之后的内容（如视频或其他图片）未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_xl.py" />
            <source>JPEG XL is edited with 8 bits per channel.</source>
            <translation>JPEG XL 以每通道 8 位编辑。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/jpeg_xl.py" />
            <source>{path} is a JPEG XL photo; install portrait-studio[jxl], or convert it to PNG first.</source>
            <translation>{path} 是 JPEG XL 照片；请安装 portrait-studio[jxl]，或先转换为 PNG。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/masks.py" />
            <source>The mask is empty; paint over what is to be removed.</source>
            <translation>蒙版为空；请涂抹要移除的内容。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/masks.py" />
            <source>The mask covers the whole photo; leave some of the photo to fill the rest from.</source>
            <translation>蒙版覆盖了整张照片；请留出一部分照片，作为填充的依据。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/masks.py" />
            <source>The mask has {width} x {height} pixels and the photo {across} x {down}; make them the same size (the photo counts as it is shown, upright).</source>
            <translation>蒙版为 {width} x {height} 像素，照片为 {across} x {down} 像素；请使两者尺寸相同（照片以正向显示时的尺寸为准）。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>{format} has no place for {what}; it was left out.</source>
            <translation>{format} 无法容纳{what}，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>The photo's EXIF data is damaged and was left out.</source>
            <translation>照片的 EXIF 数据已损坏，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>The photo's XMP data is damaged and was left out.</source>
            <translation>照片的 XMP 数据已损坏，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>The photo's XMP data cannot be taken apart; it was left out with the place.</source>
            <translation>照片的 XMP 数据无法解析，已随拍摄地点一并去除。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>The camera's own notes may tell the place; they were left out with it.</source>
            <translation>相机的专用注记可能透露地点，已随之一并去除。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>EXIF data</source>
            <translation>EXIF 数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>XMP data</source>
            <translation>XMP 数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>IPTC and Photoshop data</source>
            <translation>IPTC 与 Photoshop 数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>comment</source>
            <translation>注释</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>One damaged entry of the photo's EXIF data was left out.</source>
            <translation>照片的 EXIF 数据有 1 个条目已损坏，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>the file's comment</source>
            <translation>文件注释</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>IPTC and Photoshop's data</source>
            <translation>IPTC 与 Photoshop 数据</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>The photo's {what} is too long for {format} and was left out.</source>
            <translation>照片的{what}超出 {format} 的容量，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>the PNG file's texts ({names})</source>
            <translation>PNG 文件的文本（{names}）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>{count} damaged entries of the photo's EXIF data were left out.</source>
            <translation>照片的 EXIF 数据有 {count} 个条目已损坏，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/metadata_fitting.py" />
            <source>the PNG file's kind of colours ({names})</source>
            <translation>PNG 文件的颜色说明（{names}）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/pillow_reading.py" />
            <source>{path} is not a picture that this program can read; use JPEG, PNG, TIFF, WebP, BMP or GIF.</source>
            <translation>{path} 不是本程序可读取的图片；请使用 JPEG、PNG、TIFF、WebP、BMP 或 GIF。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/pillow_reading.py" />
            <source>The file holds several pictures; only the first is edited and saved.</source>
            <translation>文件含有多张图片，仅编辑和保存第一张。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/png_reading.py" />
            <source>The file is damaged beside its pixels, which are all there; the rest was left out.</source>
            <translation>文件有损坏，但像素完整；损坏的部分未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/png_reading.py" />
            <source>The photo's colour profile is damaged and was left out.</source>
            <translation>照片的颜色配置文件已损坏，未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/png_reading.py" />
            <source>The file is animated; only its first picture is edited and saved.</source>
            <translation>文件是动画，仅编辑和保存第一帧。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/raw_reading.py" />
            <source>{path} is a raw photo of a kind that this program cannot develop; save it as TIFF or JPEG in a raw converter first.</source>
            <translation>{path} 是本程序无法显影的 RAW 照片；请先用 RAW 转换软件保存为 TIFF 或 JPEG。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/raw_reading.py" />
            <source>The raw photo was developed with the camera's own white balance; for another look, develop it in a raw converter and open its TIFF.</source>
            <translation>RAW 照片已按相机自身的白平衡显影；若要其他效果，请用 RAW 转换软件显影后打开其 TIFF。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/reading.py" />
            <source>{path} is empty (0 bytes); fetch the file again from its source.</source>
            <translation>{path} 是空文件（0 字节）；请从来源重新获取该文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/reading.py" />
            <source>{path} has no pixels ({width} x {height}); choose another photo.</source>
            <translation>{path} 没有像素（{width} x {height}）；请选择其他照片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/reading.py" />
            <source>{path} is {width} x {height} pixels, more than the {most} megapixels that can be opened; scale it down first.</source>
            <translation>{path} 为 {width} x {height} 像素，超出可打开的 {most} 百万像素上限；请先将其缩小。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/reading.py" />
            <source>{path} is {width} x {height} pixels of {bits} bits in {channels} channels, more than the {most} megabytes that can be opened; scale it down or save it with 8 bits first.</source>
            <translation>{path} 为 {width} x {height} 像素、{channels} 个通道、每通道 {bits} 位，超过可打开的 {most} MB；请先缩小，或以 8 位保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/reading.py" />
            <source>There is not enough memory to open {path}; close other programs or scale the photo down first.</source>
            <translation>内存不足，无法打开 {path}；请关闭其他程序，或先将照片缩小。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/size_estimate.py" />
            <source>about {size} KB</source>
            <translation>约 {size} KB</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/size_estimate.py" />
            <source>about {size:.1f} {unit}</source>
            <translation>约 {size:.1f} {unit}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>{path} has channels of different depths; convert it to 8- or 16-bit RGB first.</source>
            <translation>{path} 各通道的位深不同；请先转换为 8 位或 16 位 RGB。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>{path} is compressed in a way that this program cannot read (TIFF's number {number}); save it with LZW or ZIP first.</source>
            <translation>{path} 的压缩方式（TIFF 编号 {number}）本程序无法读取；请先以 LZW 或 ZIP 压缩保存。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>The photo's colours were multiplied by their opacity; they are saved without.</source>
            <translation>照片的颜色曾与不透明度相乘，保存时将不再相乘。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>This is page {page} of the {count} in the file; the others are left out of what is saved.</source>
            <translation>这是文件中 {count} 页里的第 {page} 页；保存的结果不含其他页。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>The file holds layers; only their picture as a whole is edited and saved.</source>
            <translation>文件含有图层，仅编辑和保存合并后的图片。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/tiff_decoding.py" />
            <source>A channel beside colour and opacity was left out.</source>
            <translation>颜色和不透明度之外的通道未予保留。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/writing.py" />
            <source>The quality must lie between 1 and 100, but is {quality}.</source>
            <translation>质量必须在 1 到 100 之间，而现在是 {quality}。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/writing.py" />
            <source>A photo cannot be scaled to {longest_px} pixels; choose 1 or more.</source>
            <translation>照片无法缩放到 {longest_px} 像素；请选择 1 或更大的值。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/imaging/writing.py" />
            <source>There is not enough memory to write {path}; close other programs first.</source>
            <translation>内存不足，无法写入 {path}；请先关闭其他程序。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/messages.py" />
            <source>{first} {rest}</source>
            <translation>{first}{rest}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/ordinary_file.py" />
            <source>{path} has {size} MB, and what belongs there has at most {most} MB; choose another file.</source>
            <translation>{path} 有 {size} MB，而此处的文件最多 {most} MB；请选择其他文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/ordinary_file.py" />
            <source>{path} cannot be read from its disk ({reason}); copy it elsewhere and try again.</source>
            <translation>无法从磁盘读取 {path}（{reason}）；请将其复制到别处再试。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/ordinary_file.py" />
            <source>{path} is a folder; choose a file in it.</source>
            <translation>{path} 是文件夹；请选择其中的文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/ordinary_file.py" />
            <source>{path} is not an ordinary file; choose another one.</source>
            <translation>{path} 不是普通文件；请另选一个。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/ordinary_file.py" />
            <source>There is no file {path}; check the name and the folder.</source>
            <translation>找不到文件 {path}；请检查文件名和文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/ordinary_file.py" />
            <source>{path} may not be read; change its permissions or copy it elsewhere.</source>
            <translation>没有读取 {path} 的权限；请更改权限，或将其复制到别处。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/catalog.py" />
            <source>{source} was made for another version of the program; update one of them.</source>
            <translation>{source} 是为其他版本的程序制作的；请更新其中之一。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/catalog.py" />
            <source>{source} is missing or no weights file of this program; choose another one.</source>
            <translation>{source} 不存在或不是本程序的权重文件；请另选一个。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/catalog.py" />
            <source>The weights cannot be copied to {own} ({reason}); make that folder writable, or free some space on its disk.</source>
            <translation>无法将权重复制到 {own}（{reason}）；请将该文件夹设为可写，或释放其所在磁盘的空间。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/catalog.py" />
            <source>The imported weights in {own} cannot be removed ({reason}); remove that folder yourself.</source>
            <translation>无法删除 {own} 中导入的权重（{reason}）；请自行删除该文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/catalog.py" />
            <source>The list of weights in {folder} cannot be read; go back to the shipped ones first.</source>
            <translation>无法读取 {folder} 中的权重列表；请先改回随附的权重。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>bicycle</source>
            <translation>自行车</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>car</source>
            <translation>汽车</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>motorcycle</source>
            <translation>摩托车</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>bus</source>
            <translation>公交车</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>train</source>
            <translation>火车</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>truck</source>
            <translation>卡车</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>boat</source>
            <translation>船</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>traffic light</source>
            <translation>红绿灯</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>fire hydrant</source>
            <translation>消防栓</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>traffic sign</source>
            <translation>交通标志</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>parking meter</source>
            <translation>停车计时器</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>bench</source>
            <translation>长椅</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>bird</source>
            <translation>鸟</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>cat</source>
            <translation>猫</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>dog</source>
            <translation>狗</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>horse</source>
            <translation>马</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>sheep</source>
            <translation>羊</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>cow</source>
            <translation>牛</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>backpack</source>
            <translation>双肩包</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>umbrella</source>
            <translation>雨伞</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>handbag</source>
            <translation>手提包</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>tie</source>
            <translation>领带</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>suitcase</source>
            <translation>行李箱</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>frisbee</source>
            <translation>飞盘</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>skis</source>
            <translation>滑雪板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>snowboard</source>
            <translation>单板滑雪板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>ball</source>
            <translation>球</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>kite</source>
            <translation>风筝</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>baseball bat</source>
            <translation>棒球棒</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>baseball glove</source>
            <translation>棒球手套</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>skateboard</source>
            <translation>滑板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>surfboard</source>
            <translation>冲浪板</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>tennis racket</source>
            <translation>网球拍</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>bottle</source>
            <translation>瓶子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>glass</source>
            <translation>玻璃杯</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>cup</source>
            <translation>杯子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>bowl</source>
            <translation>碗</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>chair</source>
            <translation>椅子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>sofa</source>
            <translation>沙发</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>potted plant</source>
            <translation>盆栽</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>table</source>
            <translation>桌子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>screen</source>
            <translation>屏幕</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>laptop</source>
            <translation>笔记本电脑</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>phone</source>
            <translation>手机</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>book</source>
            <translation>书</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>clock</source>
            <translation>钟</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>vase</source>
            <translation>花瓶</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/coco.py" />
            <source>teddy bear</source>
            <translation>玩具熊</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/manifest.py" />
            <source>{task}-down</source>
            <translation>{task}（向下）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/manifest.py" />
            <source>{task}-up</source>
            <translation>{task}（向上）</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/manifest.py" />
            <source>The weights are missing: {path} does not exist. {advice}</source>
            <translation>缺少权重：{path} 不存在。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/manifest.py" />
            <source>The list of weights {path} cannot be read. {advice}</source>
            <translation>无法读取权重列表 {path}。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>parsing</source>
            <translation>解析</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>completion</source>
            <translation>补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>segmentation</source>
            <translation>分割</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>detection</source>
            <translation>检测</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>face completion</source>
            <translation>脸部补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>damage</source>
            <translation>损伤</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>repair</source>
            <translation>修复</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>general completion</source>
            <translation>通用补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>face generator</source>
            <translation>人脸生成</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>collaborative face completion</source>
            <translation>协同式人脸补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>feet</source>
            <translation>脚部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/registry.py" />
            <source>head completion</source>
            <translation>头部补全</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>Update the program or the file.</source>
            <translation>请更新程序或该文件。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>There are no weights for {task} in {folder}. {advice}</source>
            <translation>{folder} 中没有用于 {task} 的权重。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>The weights file {path} is damaged (its checksum differs). {advice}</source>
            <translation>权重文件 {path} 已损坏（校验和不符）。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>The weights file {path} was made for another version of the program. {advice}</source>
            <translation>权重文件 {path} 是为其他版本的程序制作的。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>The weights file {path} holds a network for another task than {task}. {advice}</source>
            <translation>权重文件 {path} 中的网络不是用于 {task} 任务的。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>The weights file {path} is missing or cannot be read. {advice}</source>
            <translation>权重文件 {path} 缺失或无法读取。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>The weights file {path} is damaged. {advice}</source>
            <translation>权重文件 {path} 已损坏。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>There is not enough memory for the weights {path}; close other programs first.</source>
            <translation>内存不足，无法载入权重 {path}；请先关闭其他程序。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/released.py" />
            <source>The weights file {path} does not fit this version of the program. {advice}</source>
            <translation>权重文件 {path} 与当前版本的程序不匹配。{advice}</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/resnet.py" />
            <source>This network has an encoder of torchvision, which is not installed or not for this torch; install torchvision from where torch came from, or use other weights.</source>
            <translation>此网络的编码器来自 torchvision，而它未安装或不适用于此版本的 torch；请从 torch 的同一来源安装 torchvision，或使用其他权重。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/networks/weights_file.py" />
            <source>Reinstall the program, or copy the models folder from a complete installation.</source>
            <translation>请重新安装程序，或从完整的安装中复制 models 文件夹。</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>background</source>
            <translation>背景</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>hat</source>
            <translation>帽子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>hair</source>
            <translation>头发</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>sunglasses</source>
            <translation>太阳镜</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>upper-clothes</source>
            <translation>上衣</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>skirt</source>
            <translation>裙子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>pants</source>
            <translation>裤子</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>dress</source>
            <translation>连衣裙</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>belt</source>
            <translation>腰带</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left-shoe</source>
            <translation>左鞋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right-shoe</source>
            <translation>右鞋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left-leg</source>
            <translation>左腿</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right-leg</source>
            <translation>右腿</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left-arm</source>
            <translation>左臂</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right-arm</source>
            <translation>右臂</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>bag</source>
            <translation>包</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>scarf</source>
            <translation>围巾</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right ankle</source>
            <translation>右脚踝</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right knee</source>
            <translation>右膝</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right hip</source>
            <translation>右髋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left hip</source>
            <translation>左髋</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left knee</source>
            <translation>左膝</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left ankle</source>
            <translation>左脚踝</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>pelvis</source>
            <translation>骨盆</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>thorax</source>
            <translation>胸部</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>upper neck</source>
            <translation>上颈</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>head top</source>
            <translation>头顶</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right wrist</source>
            <translation>右手腕</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right elbow</source>
            <translation>右肘</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right shoulder</source>
            <translation>右肩</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left shoulder</source>
            <translation>左肩</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left elbow</source>
            <translation>左肘</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left wrist</source>
            <translation>左手腕</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>left</source>
            <translation>左侧</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>top</source>
            <translation>上方</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>right</source>
            <translation>右侧</translation>
        </message>
        <message>
            <location filename="../../portrait_studio/language/label_names.py" />
            <source>bottom</source>
            <translation>下方</translation>
        </message>
    </context>
    <context>
        <name>QFileDialog</name>
        <message>
            <source>&amp;Look in:</source>
            <translation>查找范围(&amp;L)：</translation>
        </message>
        <message>
            <source>Files of &amp;type:</source>
            <translation>文件类型(&amp;T)：</translation>
        </message>
        <message>
            <source>Look in:</source>
            <translation>查找范围：</translation>
        </message>
        <message>
            <source>Files of type:</source>
            <translation>文件类型：</translation>
        </message>
    </context>
    <context>
        <name>QAbstractFileIconProvider</name>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Drive</source>
            <translation>驱动器</translation>
        </message>
    </context>
    <context>
        <name>QShortcut</name>
        <message>
            <source>Enter</source>
            <translation>小键盘回车</translation>
        </message>
        <message>
            <source>Up</source>
            <translation>↑</translation>
        </message>
        <message>
            <source>Down</source>
            <translation>↓</translation>
        </message>
        <message>
            <source>Left</source>
            <translation>←</translation>
        </message>
        <message>
            <source>Right</source>
            <translation>→</translation>
        </message>
    </context>
</TS>
